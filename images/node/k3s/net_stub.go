package main

import _ "github.com/vishvananda/netlink"
