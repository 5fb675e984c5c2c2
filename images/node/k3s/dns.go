package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"time"

	"github.com/vishvananda/netlink"
)

const (
	// dnsAddress is where pods reach the engine's DNS: an address of the loopback device, so that it can neither be
	// routed nor collide with a port that a pod wants on the node's own address.
	dnsAddress = "169.254.53.53"
	podResolv  = agentFolder + "/etc/resolv.conf"
)

// podResolvConf is what pods with the node's DNS (CoreDNS first of all) get as resolv.conf. A user-defined network has
// the engine's resolver at 127.0.0.11, which means nothing inside a pod: it is replaced by dnsAddress, and upstream is
// the address to relay to. Otherwise the node's own file serves.
func podResolvConf(node string) (content, upstream string) {
	var lines []string
	for _, line := range strings.Split(strings.TrimRight(node, "\n"), "\n") {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == "nameserver" {
			if address := net.ParseIP(fields[1]); address != nil && address.IsLoopback() {
				if upstream == "" {
					upstream = fields[1]
					lines = append(lines, "nameserver "+dnsAddress)
				}
				continue
			}
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n") + "\n", upstream
}

// prepareDNS returns the resolv.conf for pods, and relays for them where they cannot reach the resolver themselves.
func prepareDNS(ctx context.Context) (string, error) {
	node, err := os.ReadFile("/etc/resolv.conf")
	if err != nil {
		return "", err
	}
	content, upstream := podResolvConf(string(node))
	if upstream == "" {
		return "/etc/resolv.conf", nil
	}
	loopback, err := netlink.LinkByName("lo")
	if err != nil {
		return "", err
	}
	address, err := netlink.ParseAddr(dnsAddress + "/32")
	if err != nil {
		return "", err
	}
	if err := netlink.AddrReplace(loopback, address); err != nil {
		return "", fmt.Errorf("adding %s to the loopback device: %w", dnsAddress, err)
	}
	if err := relayDNS(ctx, dnsAddress+":53", upstream+":53"); err != nil {
		return "", err
	}
	return podResolv, writeFile(podResolv, []byte(content), 0o644)
}

const dnsTimeout = 5 * time.Second

// relayDNS passes queries on as they are, each over a connection of its own: it knows nothing of DNS but the ports.
func relayDNS(ctx context.Context, listen, upstream string) error {
	datagrams, err := net.ListenPacket("udp", listen)
	if err != nil {
		return err
	}
	streams, err := net.Listen("tcp", listen)
	if err != nil {
		datagrams.Close()
		return err
	}
	context.AfterFunc(ctx, func() { datagrams.Close(); streams.Close() })
	go func() {
		buffer := make([]byte, 64<<10)
		for {
			n, client, err := datagrams.ReadFrom(buffer)
			if err != nil {
				return
			}
			query := append([]byte(nil), buffer[:n]...)
			go func() {
				if answer, err := ask(upstream, query); err == nil {
					datagrams.WriteTo(answer, client)
				}
			}()
		}
	}()
	go func() {
		for {
			client, err := streams.Accept()
			if err != nil {
				return
			}
			go relayStream(client, upstream)
		}
	}()
	return nil
}

func ask(upstream string, query []byte) ([]byte, error) {
	server, err := net.DialTimeout("udp", upstream, dnsTimeout)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	server.SetDeadline(time.Now().Add(dnsTimeout))
	if _, err := server.Write(query); err != nil {
		return nil, err
	}
	answer := make([]byte, 64<<10)
	n, err := server.Read(answer)
	return answer[:n], err
}

func relayStream(client net.Conn, upstream string) {
	defer client.Close()
	server, err := net.DialTimeout("tcp", upstream, dnsTimeout)
	if err != nil {
		return
	}
	defer server.Close()
	client.SetDeadline(time.Now().Add(2 * dnsTimeout))
	server.SetDeadline(time.Now().Add(2 * dnsTimeout))
	go io.Copy(server, client)
	io.Copy(client, server)
}
