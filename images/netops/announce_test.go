package main

import (
	"encoding/hex"
	"net"
	"strings"
	"testing"
)

func TestAnAnnouncementAsksForItsOwnAddress(t *testing.T) {
	got := hex.EncodeToString(announcement(net.HardwareAddr{2, 0x42, 1, 2, 3, 4}, net.IPv4(10, 1, 2, 3)))
	want := strings.Join([]string{
		"ffffffffffff", "024201020304", "0806", // to all, from us, ARP
		"0001", "0800", "06", "04", "0001", // Ethernet, IPv4, their lengths, request
		"024201020304", "0a010203", // we are
		"000000000000", "0a010203", // who is
	}, "")
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
