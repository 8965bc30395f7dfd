package main

import (
	"context"
	"errors"
	"log"
	"net"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	corelisters "k8s.io/client-go/listers/core/v1"
	discoverylisters "k8s.io/client-go/listers/discovery/v1"
	"k8s.io/client-go/tools/clientcmd"
)

// names answers for services (https://github.com/kubernetes/dns/blob/master/docs/specification.md), IPv4 only; no
// other name is known, as nothing leaves the node.
type names struct {
	domain   string
	services corelisters.ServiceLister
	slices   discoverylisters.EndpointSliceLister
}

// serveNames answers on UDP; what it says is short enough.
func serveNames(args []string) error {
	if len(args) != 3 {
		return errors.New("a kubeconfig, an address and a domain are wanted")
	}
	config, err := clientcmd.BuildConfigFromFlags("", args[0])
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	watch := informers.NewSharedInformerFactory(client, 0)
	n := &names{
		domain:   "." + args[2] + ".",
		services: watch.Core().V1().Services().Lister(),
		slices:   watch.Discovery().V1().EndpointSlices().Lister(),
	}
	watch.Start(context.Background().Done())
	watch.WaitForCacheSync(context.Background().Done())
	socket, err := net.ListenPacket("udp", args[1])
	if err != nil {
		return err
	}
	request := make([]byte, 4096)
	for {
		length, from, err := socket.ReadFrom(request)
		if err != nil {
			log.Print(err)
			time.Sleep(100 * time.Millisecond)
			continue
		}
		if answer := n.answer(request[:length]); answer != nil {
			socket.WriteTo(answer, from)
		}
	}
}

func (n *names) answer(request []byte) []byte {
	var parser dnsmessage.Parser
	header, err := parser.Start(request)
	if err != nil || header.Response {
		return nil
	}
	question, err := parser.Question()
	if err != nil {
		return nil
	}
	addresses, known := n.lookUp(strings.ToLower(question.Name.String()))
	answer := dnsmessage.Message{
		Header: dnsmessage.Header{
			ID: header.ID, Response: true, Authoritative: true,
			RecursionDesired: header.RecursionDesired, RecursionAvailable: true,
		},
		Questions: []dnsmessage.Question{question},
	}
	if !known {
		answer.RCode = dnsmessage.RCodeNameError
	}
	for _, address := range addresses {
		if ip := net.ParseIP(address).To4(); ip != nil && question.Type == dnsmessage.TypeA {
			answer.Answers = append(answer.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET, TTL: 1},
				Body:   &dnsmessage.AResource{A: [4]byte(ip)},
			})
		}
	}
	packed, err := answer.Pack()
	if err != nil {
		return nil
	}
	return packed
}

// lookUp finds SERVICE.NAMESPACE.svc, and HOSTNAME.SERVICE.NAMESPACE.svc for pods of a headless service.
func (n *names) lookUp(name string) (addresses []string, known bool) {
	if !strings.HasSuffix(name, ".svc"+n.domain) {
		return nil, false
	}
	parts := strings.Split(strings.TrimSuffix(name, ".svc"+n.domain), ".")
	hostname := ""
	if len(parts) == 3 {
		hostname, parts = parts[0], parts[1:]
	}
	if len(parts) != 2 {
		return nil, false
	}
	service, err := n.services.Services(parts[1]).Get(parts[0])
	if err != nil {
		return nil, false
	}
	if service.Spec.ClusterIP != core.ClusterIPNone {
		return service.Spec.ClusterIPs, hostname == ""
	}
	selector := labels.SelectorFromSet(labels.Set{discovery.LabelServiceName: parts[0]})
	slices, _ := n.slices.EndpointSlices(parts[1]).List(selector)
	for _, slice := range slices {
		for _, endpoint := range slice.Endpoints {
			ready := endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready
			named := hostname == "" || (endpoint.Hostname != nil && *endpoint.Hostname == hostname)
			if ready && named {
				addresses = append(addresses, endpoint.Addresses...)
			}
		}
	}
	return addresses, hostname == "" || len(addresses) > 0
}
