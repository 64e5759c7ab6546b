package server

import (
	"strconv"
	"time"

	"github.com/statordb/stator/internal/policy"
)

// conditions is the part of a request's context that policies may ask for and that neither the principal nor the
// operation knows ("AWS global condition context keys", IAM User Guide). It is a policy.Context. Nothing is worked out
// before a policy asks, and few do; what was is kept for the request's next question.
//
// Keys of requests of AWS's own services (aws:CalledVia) are not here: no request has them.
type conditions struct {
	x      *exchange
	values [conditionKeys]string
}

// The keys' places in values.
const (
	sourceIP = iota
	secureTransport
	userAgent
	referer
	currentTime
	epochTime
	requestedRegion
	viaAWSService
	tokenIssueTime
	mfaPresent
	mfaAge
	conditionKeys
)

// globalRegion is the aws:RequestedRegion of requests to services that have only one endpoint, whatever region they were
// signed for.
const globalRegion = "us-east-1"

// Values implements policy.Context.
func (c *conditions) Values(key string) ([]string, bool) {
	x := c.x
	switch key {
	case "aws:sourceip":
		if c.values[sourceIP] == "" {
			c.values[sourceIP] = addrText(x.source())
		}
		return c.value(sourceIP)
	case "aws:securetransport":
		c.values[secureTransport] = strconv.FormatBool(x.h.secure(x.r))
		return c.value(secureTransport)
	case "aws:useragent":
		c.values[userAgent] = header(x.r, "User-Agent")
		return c.value(userAgent)
	case "aws:referer":
		c.values[referer] = header(x.r, "Referer")
		return c.value(referer)
	case "aws:currenttime":
		if c.values[currentTime] == "" {
			c.values[currentTime] = x.start.UTC().Format(time.RFC3339)
		}
		return c.value(currentTime)
	case "aws:epochtime":
		if c.values[epochTime] == "" {
			c.values[epochTime] = strconv.FormatInt(x.start.Unix(), 10)
		}
		return c.value(epochTime)
	case "aws:requestedregion":
		c.values[requestedRegion] = x.api.region(x.caller.region)
		return c.value(requestedRegion)
	case "aws:viaawsservice", "aws:principalisawsservice":
		c.values[viaAWSService] = "false"
		return c.value(viaAWSService)
	case "aws:tokenissuetime", "aws:multifactorauthpresent", "aws:multifactorauthage":
		// Whoever asks for a role with a token of an identity provider has no credentials of ours yet.
		if p := x.caller.principal; p.Session != nil && p.Type != policy.WebOrSAML {
			return c.session(key, p.Session)
		}
	}
	return nil, false
}

// session are the keys that come with temporary credentials only. Those of a role never tell of an MFA device: whoever
// assumed it had to prove that then ("Secure API access with MFA", IAM User Guide).
func (c *conditions) session(key string, s *policy.Session) ([]string, bool) {
	switch key {
	case "aws:tokenissuetime":
		if c.values[tokenIssueTime] == "" {
			c.values[tokenIssueTime] = s.Issued.UTC().Format(time.RFC3339)
		}
		return c.value(tokenIssueTime)
	case "aws:multifactorauthpresent":
		c.values[mfaPresent] = strconv.FormatBool(!s.MFA.IsZero())
		return c.value(mfaPresent)
	}
	if !s.MFA.IsZero() {
		c.values[mfaAge] = strconv.FormatInt(int64(c.x.start.Sub(s.MFA)/time.Second), 10)
	}
	return c.value(mfaAge)
}

// value returns what is at a place as a slice that needs no memory of its own. A request that has nothing there does not
// have the key.
func (c *conditions) value(at int) ([]string, bool) {
	return c.values[at : at+1 : at+1], c.values[at] != ""
}
