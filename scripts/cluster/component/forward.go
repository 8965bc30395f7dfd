package main

import (
	"io"
	"log"
	"net"
	"time"
)

// forward joins each connection that comes in by the door with one to the address in the node, in both directions
// until both have ended; an end or a reset of one side reaches the other at once.
func forward(door net.Listener, address string) {
	for {
		client, err := door.Accept()
		if err != nil {
			log.Printf("door: %v", err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go func() {
			server, err := net.DialTimeout("tcp", address, 10*time.Second)
			if err != nil {
				reset(client)
				return
			}
			both := make(chan error, 2)
			go func() { both <- pass(server, client) }()
			go func() { both <- pass(client, server) }()
			if <-both != nil {
				reset(client)
				reset(server)
			}
			<-both
			client.Close()
			server.Close()
		}()
	}
}

// pass copies all, then ends the stream there, too.
func pass(to, from net.Conn) error {
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	return to.(*net.TCPConn).CloseWrite()
}

func reset(connection net.Conn) {
	connection.(*net.TCPConn).SetLinger(0)
	connection.Close()
}
