package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

const tenYears = 10 * 365 * 24 * time.Hour

// createCertificates writes a new authority, what it signs for the API server (at each of the addresses), an
// administrator and the API server as the kubelet's client, and the key for service account tokens.
func createCertificates(args []string) error {
	if len(args) < 2 {
		return errors.New("a folder and addresses are wanted")
	}
	folder := args[0]
	authority := &x509.Certificate{
		Subject:               pkix.Name{CommonName: "plinth-test-cluster"},
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	key, err := issue(folder, "ca", authority, nil, nil)
	if err != nil {
		return err
	}
	server := &x509.Certificate{
		Subject:     pkix.Name{CommonName: "kube-apiserver"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	for _, address := range args[1:] {
		if ip := net.ParseIP(address); ip != nil {
			server.IPAddresses = append(server.IPAddresses, ip)
		} else {
			server.DNSNames = append(server.DNSNames, address)
		}
	}
	clients := map[string]*x509.Certificate{"apiserver": server}
	for name, subject := range map[string]pkix.Name{
		"admin":          {CommonName: "admin", Organization: []string{"system:masters"}},
		"kubelet-client": {CommonName: "kube-apiserver"},
	} {
		clients[name] = &x509.Certificate{Subject: subject, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	}
	for name, certificate := range clients {
		certificate.KeyUsage = x509.KeyUsageDigitalSignature
		if _, err := issue(folder, name, certificate, authority, key); err != nil {
			return err
		}
	}
	tokens, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	return writeKey(filepath.Join(folder, "tokens.key"), tokens)
}

// issue writes NAME.crt and NAME.key, signed by the parent, or by itself where there is none.
func issue(folder, name string, certificate, parent *x509.Certificate, signer crypto.Signer) (crypto.Signer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if parent == nil {
		parent, signer = certificate, key
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return nil, err
	}
	certificate.SerialNumber = serial
	// Clocks that are set back, as after a virtual machine's pause, shall not matter.
	certificate.NotBefore = time.Now().Add(-24 * time.Hour)
	certificate.NotAfter = time.Now().Add(tenYears)
	der, err := x509.CreateCertificate(rand.Reader, certificate, parent, key.Public(), signer)
	if err != nil {
		return nil, err
	}
	if err := writePEM(filepath.Join(folder, name+".crt"), "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	return key, writeKey(filepath.Join(folder, name+".key"), key)
}

func writeKey(path string, key any) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return writePEM(path, "PRIVATE KEY", der, 0o600)
}

func writePEM(path, kind string, der []byte, mode os.FileMode) error {
	return os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}
