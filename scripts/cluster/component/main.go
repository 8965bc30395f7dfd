// Command kubernetes is a one-node Kubernetes in one binary: the first argument picks the component to run, or
// one of the few things that a node needs around them.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// What is ours; each takes its arguments.
var own = map[string]func([]string) error{
	"certificates": createCertificates, // FOLDER ADDRESS…
	"dns":          serveNames,         // KUBECONFIG ADDRESS DOMAIN
	"start":        startNode,          // NODE.json
	"node":         runNode,            // NODE.json; by start
}

var components = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kube-proxy":              proxy.NewProxyCommand,
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
}

func main() {
	name := ""
	if len(os.Args) > 1 {
		name = os.Args[1]
	}
	if run, ok := own[name]; ok {
		if err := run(os.Args[2:]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
		return
	}
	create, ok := components[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "%q is not one of the components\n", name)
		os.Exit(2)
	}
	os.Args = os.Args[1:]
	os.Exit(cli.Run(create()))
}
