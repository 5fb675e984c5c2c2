package main

import (
	"fmt"
	"net"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// cable is the veth pair between a container and the host. Its host end is the
// switch: with that end down the container keeps its addresses and routes and
// merely loses its carrier, as a machine does whose cable was pulled.
type cable struct {
	pid          int
	inside       netns.NsHandle
	host         *netlink.Handle
	hostEnd      netlink.Link
	container    *netlink.Handle
	containerEnd string
}

// findCable opens the cable behind an interface of the container. The handles
// stay open until close, so that pulling it later takes one message only. The
// namespace's handle stays the caller's.
func findCable(pid int, inside netns.NsHandle, host *netlink.Handle, interfaceName string) (*cable, error) {
	container, err := netlink.NewHandleAt(inside, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("pid %d: cannot enter its network namespace: %w", pid, err)
	}
	containerEnd, err := container.LinkByName(interfaceName)
	if err != nil {
		container.Close()
		return nil, fmt.Errorf("pid %d: interface %s: %w", pid, interfaceName, err)
	}
	hostEnd, err := otherEnd(containerEnd, int(inside), host)
	if err != nil {
		container.Close()
		return nil, fmt.Errorf("pid %d: interface %s has no other end here (is netops on the host's network?): %w", pid, interfaceName, err)
	}
	return &cable{pid: pid, inside: inside, host: host, hostEnd: hostEnd, container: container, containerEnd: interfaceName}, nil
}

func otherEnd(containerEnd netlink.Link, inside int, host *netlink.Handle) (netlink.Link, error) {
	hostEnd, err := host.LinkByIndex(containerEnd.Attrs().ParentIndex)
	if err != nil {
		return nil, err
	}
	insideID, err := host.GetNetNsIdByFd(inside)
	if err != nil {
		return nil, err
	}
	return hostEnd, ends(containerEnd, hostEnd, insideID)
}

// ends says whether the two links are the two ends of one veth pair. Interface
// numbers repeat from namespace to namespace, so that numbers pointing at each
// other are not enough: the host end must name the container's namespace (by
// the id that the host's gives it), or a mere namesake would be pulled.
func ends(containerEnd, hostEnd netlink.Link, insideID int) error {
	inside, outside := containerEnd.Attrs(), hostEnd.Attrs()
	switch {
	case containerEnd.Type() != "veth":
		return fmt.Errorf("it is a %s, not a veth", containerEnd.Type())
	case hostEnd.Type() != "veth":
		return fmt.Errorf("number %d is %s, a %s and not a veth", outside.Index, outside.Name, hostEnd.Type())
	case inside.ParentIndex != outside.Index || outside.ParentIndex != inside.Index:
		return fmt.Errorf("number %d is %s, which leads to another interface (number %d, not %d)",
			outside.Index, outside.Name, outside.ParentIndex, inside.Index)
	case insideID < 0 || outside.NetNsID != insideID:
		return fmt.Errorf("number %d is %s, whose other end is in another container", outside.Index, outside.Name)
	}
	return nil
}

func (c *cable) set(wanted position) error {
	if wanted == up {
		return c.host.LinkSetUp(c.hostEnd)
	}
	return c.host.LinkSetDown(c.hostEnd)
}

// position is where the host end stands now.
func (c *cable) position() (position, error) {
	link, err := c.host.LinkByIndex(c.hostEnd.Attrs().Index)
	if err != nil {
		return "", err
	}
	return positionOf(link.Attrs().Flags), nil
}

// carrier is whether the container's end feels a cable: the one sign of the
// act that is read on the other side of it.
func (c *cable) carrier() (bool, error) {
	link, err := c.container.LinkByName(c.containerEnd)
	if err != nil {
		return false, err
	}
	return link.Attrs().RawFlags&unix.IFF_LOWER_UP != 0, nil
}

func (c *cable) close() { c.container.Close() }

type position string

const (
	up   position = "up"
	down position = "down"
)

func positionOf(flags net.Flags) position {
	if flags&net.FlagUp != 0 {
		return up
	}
	return down
}
