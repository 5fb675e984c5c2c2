package main

import (
	"encoding/binary"
	"errors"
	"net"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// announce lets traffic flow the moment the cable is back. While it was out,
// both sides kept asking for each other's hardware address once a second, and
// would go on waiting for their next turn. So the container speaks up first,
// and forgets the neighbours that it could not find.
func (c *cable) announce() error {
	link, err := c.container.LinkByName(c.containerEnd)
	if err != nil {
		return err
	}
	neighbours, err := c.container.NeighList(link.Attrs().Index, unix.AF_INET)
	if err != nil {
		return err
	}
	for _, neighbour := range neighbours {
		if neighbour.State&(netlink.NUD_INCOMPLETE|netlink.NUD_FAILED) == 0 {
			continue
		}
		// One that is already gone is as good as forgotten.
		if err := c.container.NeighDel(&neighbour); err != nil && !errors.Is(err, unix.ENOENT) {
			return err
		}
	}
	addresses, err := c.container.AddrList(link, unix.AF_INET)
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- c.broadcast(link.Attrs(), addresses) }()
	return <-done
}

// broadcast stays inside the container's namespace: give it a goroutine of its own.
func (c *cable) broadcast(end *netlink.LinkAttrs, addresses []netlink.Addr) error {
	if err := enter(c.inside); err != nil {
		return err
	}
	// Protocol 0: this socket only sends.
	socket, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(socket)
	for _, address := range addresses {
		to := &unix.SockaddrLinklayer{Ifindex: end.Index, Protocol: unix.ETH_P_ARP, Halen: 6}
		if err := unix.Sendto(socket, announcement(end.HardwareAddr, address.IP), 0, to); err != nil {
			return err
		}
	}
	return nil
}

// announcement is the Ethernet frame of an ARP announcement (RFC 5227): a
// request for one's own address, which asks nobody and informs everybody.
func announcement(hardware net.HardwareAddr, ip net.IP) []byte {
	const ethernet, ipv4, request = 1, unix.ETH_P_IP, 1
	frame := append([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, hardware...)
	for _, field := range []uint16{unix.ETH_P_ARP, ethernet, ipv4, 6<<8 | 4, request} {
		frame = binary.BigEndian.AppendUint16(frame, field)
	}
	frame = append(append(frame, hardware...), ip.To4()...)
	return append(append(frame, 0, 0, 0, 0, 0, 0), ip.To4()...)
}
