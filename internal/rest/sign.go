package rest

import "net/http"

// sign adds the credential and says who asks for what. It stands behind the
// guard, so that the credential is only ever put on a request to the
// configured host, at every hop of a redirect anew.
type sign struct {
	authorize func(http.Header)
	agent     string
	next      http.RoundTripper
}

func (s *sign) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if req.Header == nil {
		req.Header = http.Header{}
	}
	if req.Header.Get("Accept") == "" {
		req.Header.Set("Accept", "application/json")
	}
	req.Header.Set("User-Agent", s.agent)
	if s.authorize != nil {
		s.authorize(req.Header)
	}
	return s.next.RoundTrip(req)
}
