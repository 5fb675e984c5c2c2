package main

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// Our queueing disciplines are known by this major number.
const (
	qdiscMajor  = 0xae7e
	openClass   = qdiscMajor<<16 | 1
	shapedClass = qdiscMajor<<16 | 2
	netemMajor  = 0xae7f
	// What is not to be slowed down passes through a class that no machine here fills.
	openRate = 10_000_000_000 / 8
)

// shape is what becomes of the packets that rules put into the shaped class on
// their way out of a node.
type shape struct {
	KilobitsPerSecond uint64  `json:"kilobits_per_second,omitempty"`
	Millis            uint32  `json:"millis,omitempty"`
	JitterMillis      uint32  `json:"jitter_millis,omitempty"`
	LossPercent       float32 `json:"loss_percent,omitempty"`
}

func (s *shape) netem() bool { return s.Millis > 0 || s.LossPercent > 0 }

func (s *shape) set(space netns.NsHandle) error {
	handle, link, err := cableIn(space)
	if err != nil {
		return err
	}
	defer handle.Close()
	index := link.Attrs().Index
	root := netlink.NewHtb(netlink.QdiscAttrs{LinkIndex: index, Handle: netlink.MakeHandle(qdiscMajor, 0), Parent: netlink.HANDLE_ROOT})
	root.Defcls = 1
	if err := handle.QdiscReplace(root); err != nil {
		return fmt.Errorf("htb: %w", err)
	}
	rate := uint64(openRate)
	if s.KilobitsPerSecond > 0 {
		rate = s.KilobitsPerSecond * 1000 / 8
	}
	for class, bytesPerSecond := range map[uint32]uint64{openClass: openRate, shapedClass: rate} {
		attributes := netlink.ClassAttrs{LinkIndex: index, Parent: netlink.MakeHandle(qdiscMajor, 0), Handle: class}
		if err := handle.ClassReplace(netlink.NewHtbClass(attributes, netlink.HtbClassAttrs{Rate: bytesPerSecond * 8})); err != nil {
			return fmt.Errorf("htb class: %w", err)
		}
	}
	if !s.netem() {
		return nil
	}
	leaf := netlink.NewNetem(
		netlink.QdiscAttrs{LinkIndex: index, Handle: netlink.MakeHandle(netemMajor, 0), Parent: shapedClass},
		netlink.NetemQdiscAttrs{Latency: s.Millis * 1000, Jitter: s.JitterMillis * 1000, Loss: s.LossPercent, Limit: 10_000})
	if err := handle.QdiscReplace(leaf); err != nil {
		return fmt.Errorf("netem: %w", err)
	}
	return nil
}

func cableIn(space netns.NsHandle) (*netlink.Handle, netlink.Link, error) {
	handle, err := netlink.NewHandleAt(space, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, nil, err
	}
	link, err := handle.LinkByName("eth0")
	if err != nil {
		handle.Close()
		return nil, nil, err
	}
	return handle, link, nil
}

func ourQdisc(handle *netlink.Handle, link netlink.Link) (netlink.Qdisc, error) {
	all, err := handle.QdiscList(link)
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		if major, _ := netlink.MajorMinor(one.Attrs().Handle); major == qdiscMajor && one.Attrs().Parent == netlink.HANDLE_ROOT {
			return one, nil
		}
	}
	return nil, nil
}

func shaped(space netns.NsHandle) (bool, error) {
	handle, link, err := cableIn(space)
	if err != nil {
		return false, nil // a pod on its node's network, or one without any
	}
	defer handle.Close()
	found, err := ourQdisc(handle, link)
	return found != nil, err
}

func unshape(space netns.NsHandle) error {
	handle, link, err := cableIn(space)
	if err != nil {
		return nil // nothing of ours can be where there is no cable
	}
	defer handle.Close()
	found, err := ourQdisc(handle, link)
	if err != nil || found == nil {
		return err
	}
	if err := handle.QdiscDel(found); err != nil && !errors.Is(err, unix.ENOENT) {
		return err
	}
	return nil
}

// kernelHasNetem tries it on a namespace of our own that nobody else sees.
func kernelHasNetem() bool {
	answer := make(chan bool, 1)
	go func() {
		runtime.LockOSThread() // never unlocked: the namespace goes with the thread
		answer <- func() bool {
			space, err := netns.New()
			if err != nil {
				return false
			}
			defer space.Close()
			lo, err := netlink.LinkByName("lo")
			if err != nil {
				return false
			}
			return netlink.QdiscReplace(netlink.NewNetem(
				netlink.QdiscAttrs{LinkIndex: lo.Attrs().Index, Handle: netlink.MakeHandle(netemMajor, 0), Parent: netlink.HANDLE_ROOT},
				netlink.NetemQdiscAttrs{Latency: 1000})) == nil
		}()
	}()
	return <-answer
}
