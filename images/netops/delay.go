package main

import (
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"github.com/mdlayher/netlink"
	"golang.org/x/sys/unix"
)

// The kernel's numbers for packets that wait for a process's verdict
// (linux/netfilter/nfnetlink_queue.h).
const (
	queueSubsystem = 3

	messagePacket  = 0
	messageVerdict = 1
	messageConfig  = 2

	attributePacketHeader  = 1
	attributeVerdictHeader = 2

	configCommand = 1
	configParams  = 2
	configMaxLen  = 3
	configMask    = 4
	configFlags   = 5

	commandBind  = 1
	copyMeta     = 1
	flagGSO      = 1 << 2
	verdictPass  = 1
	queuedAtMost = 8192
)

// runDelay lets the packets of a queue pass later than they came, until it is
// ended. It sees no packet's content: the kernel keeps them.
func runDelay(arguments []string, _ io.Writer) error {
	var at place
	var tag string
	var queue uint
	var latency, jitter time.Duration
	options := flag.NewFlagSet("delay", flag.ContinueOnError)
	options.StringVar(&tag, "tag", "", "what names the act")
	options.Func("container", "full id of the node's container", func(text string) (err error) {
		at.Container, err = parseContainer(text)
		return err
	})
	options.StringVar(&at.Pod, "pod", "", "uid of the pod; the node itself if none is named")
	options.UintVar(&queue, "queue", 0, "number of the queue")
	options.DurationVar(&latency, "latency", 0, "how much later")
	options.DurationVar(&jitter, "jitter", 0, "how much more or less than that")
	if err := parseOptions(options, arguments); err != nil {
		return err
	}
	if at.Container == "" || !tagFormat.MatchString(tag) || queue > 0xffff || latency <= 0 || jitter < 0 || jitter > latency {
		return usageError{"delay: name --tag, --container, --queue, a positive --latency and a --jitter no greater than it"}
	}
	space, err := at.network()
	if err != nil {
		return err
	}
	defer space.Close()
	conn, err := netlink.Dial(unix.NETLINK_NETFILTER, &netlink.Config{NetNS: int(space)})
	if err != nil {
		return err
	}
	defer conn.Close()
	// A burst that overflows the socket costs those packets alone, not the whole delayer.
	if err := errors.Join(conn.SetReadBuffer(4<<20), conn.SetOption(netlink.NoENOBUFS, true)); err != nil {
		return err
	}
	if err := listen(conn, uint16(queue)); err != nil {
		return fmt.Errorf("%s: queue %d: %w", at, queue, err)
	}
	for {
		messages, err := conn.Receive()
		if err != nil {
			return err
		}
		for _, message := range messages {
			id, is := packetID(message)
			if !is {
				continue
			}
			wait := latency
			if jitter > 0 {
				wait += rand.N(2*jitter) - jitter
			}
			time.AfterFunc(wait, func() { conn.Send(pass(uint16(queue), id)) })
		}
	}
}

func listen(conn *netlink.Conn, queue uint16) error {
	for _, attribute := range []netlink.Attribute{
		{Type: configCommand, Data: []byte{commandBind, 0, 0, unix.AF_INET}},
		{Type: configParams, Data: []byte{0, 0, 0, 0, copyMeta}},
		{Type: configMaxLen, Data: binary.BigEndian.AppendUint32(nil, queuedAtMost)},
		{Type: configFlags, Data: binary.BigEndian.AppendUint32(nil, flagGSO)},
	} {
		attributes := []netlink.Attribute{attribute}
		if attribute.Type == configFlags {
			attributes = append(attributes, netlink.Attribute{Type: configMask, Data: attribute.Data})
		}
		request, err := queueMessage(messageConfig, queue, attributes)
		if err != nil {
			return err
		}
		request.Header.Flags |= netlink.Request | netlink.Acknowledge
		if _, err := conn.Execute(request); err != nil {
			return err
		}
	}
	return nil
}

func queueMessage(kind uint16, queue uint16, attributes []netlink.Attribute) (netlink.Message, error) {
	encoded, err := netlink.MarshalAttributes(attributes)
	if err != nil {
		return netlink.Message{}, err
	}
	head := binary.BigEndian.AppendUint16([]byte{unix.AF_UNSPEC, 0}, queue)
	return netlink.Message{
		Header: netlink.Header{Type: netlink.HeaderType(queueSubsystem<<8 | kind), Flags: netlink.Request},
		Data:   append(head, encoded...),
	}, nil
}

func pass(queue uint16, id uint32) netlink.Message {
	verdict := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, verdictPass), id)
	message, err := queueMessage(messageVerdict, queue, []netlink.Attribute{{Type: attributeVerdictHeader, Data: verdict}})
	if err != nil {
		panic(err) // eight bytes always fit
	}
	return message
}

func packetID(message netlink.Message) (uint32, bool) {
	if message.Header.Type != queueSubsystem<<8|messagePacket || len(message.Data) < 4 {
		return 0, false
	}
	attributes, err := netlink.UnmarshalAttributes(message.Data[4:])
	if err != nil {
		return 0, false
	}
	for _, attribute := range attributes {
		if attribute.Type == attributePacketHeader && len(attribute.Data) >= 4 {
			return binary.BigEndian.Uint32(attribute.Data), true
		}
	}
	return 0, false
}
