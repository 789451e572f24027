package rest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"time"
)

// network is the transport of a client that was given none. Its times bound
// single phases; Options.Timeout bounds the whole attempt.
func network(roots *x509.CertPool) *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           dialer.DialContext,
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:     true, // a TLSClientConfig of one's own switches it off
		TLSHandshakeTimeout:   15 * time.Second,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       30 * time.Second, // shorter than a service keeps them: a POST on a connection that is being closed is lost
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   defaultParallel,
	}
}

// Roots gives the system's certificate authorities with those of pem added, for
// a service behind a private authority.
func Roots(pem []byte) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("no certificate found: want PEM")
	}
	return pool, nil
}
