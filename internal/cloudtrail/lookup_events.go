package cloudtrail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/cloudtrail"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"

	"github.com/statordb/stator/internal/audit"
	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

const (
	// maxResults is the most events of one answer, and how many there are if nobody says otherwise (API reference).
	maxResults = 50
	// maxValue is the longest value of an attribute (API reference).
	maxValue = 2000
	// maxRead is how much of the log one call reads. If that was not enough, the answer has a token to go on with.
	maxRead = 16 << 20
	// disorder is how much earlier than the events around it an event may be logged: the time is that of its answer.
	disorder = 5 * time.Minute
)

// lookup is a LookupEvents that has been checked.
type lookup struct {
	account, region string
	start, end      time.Time // zero for none
	attribute       types.LookupAttributeKey
	value           string
	from            audit.Place
	most            int
}

// token is a NextToken: where to go on, and what for.
type token struct {
	audit.Place
	For string
}

// lookupEvents decodes LookupEvents.
func (s *Service) lookupEvents(req *awsapi.Request) (awsapi.Call, error) {
	in := &cloudtrail.LookupEventsInput{}
	if err := req.Read(in); err != nil {
		return nil, err
	}
	l := lookup{account: req.Caller.Account, region: req.Region, most: maxResults}
	if err := l.check(in); err != nil {
		return nil, err
	}
	if in.NextToken != nil {
		b, err := base64.RawURLEncoding.DecodeString(*in.NextToken)
		var t token
		if err != nil || json.Unmarshal(b, &t) != nil || t.For != l.digest() {
			return nil, errToken
		}
		l.from = t.Place
	}
	return &awsapi.Simple{Request: req, Operation: "LookupEvents", Need: policy.Need{Action: "cloudtrail:LookupEvents", Resource: "*"},
		Do: func(ctx context.Context) (any, error) {
			if in.EventCategory == types.EventCategoryInsight { // nothing is analysed
				return &cloudtrail.LookupEventsOutput{Events: []types.Event{}}, nil
			}
			if err := s.reading.Acquire(ctx, 1); err != nil {
				return nil, err
			}
			defer s.reading.Release(1)
			return s.lookup(&l)
		}}, nil
}

func failure(code, message string) error {
	return &awsapi.Error{Code: code, Status: http.StatusBadRequest, Message: message}
}

var errToken = failure("InvalidNextTokenException", "Invalid token or token with special characters.")

func (l *lookup) check(in *cloudtrail.LookupEventsInput) error {
	if in.MaxResults != nil {
		if l.most = int(*in.MaxResults); l.most < 1 || l.most > maxResults {
			return failure("InvalidMaxResultsException", "The specified value for MaxResults must be between 1 and 50.")
		}
	}
	if in.StartTime != nil {
		l.start = *in.StartTime
	}
	if in.EndTime != nil {
		l.end = *in.EndTime
	}
	if in.StartTime != nil && in.EndTime != nil && l.end.Before(l.start) {
		return failure("InvalidTimeRangeException", "The specified start time is after the specified end time.")
	}
	if in.EventCategory != "" && in.EventCategory != types.EventCategoryInsight {
		return failure("InvalidEventCategoryException", "The specified event category is not valid.")
	}
	switch n := len(in.LookupAttributes); {
	case n > 1:
		return failure("InvalidLookupAttributesException", "You can only provide one lookup attribute.")
	case n == 0:
		return nil
	}
	a := in.LookupAttributes[0]
	if !slices.Contains(a.AttributeKey.Values(), a.AttributeKey) || a.AttributeValue == nil ||
		*a.AttributeValue == "" || len(*a.AttributeValue) > maxValue {
		return failure("InvalidLookupAttributesException", "The specified lookup attribute is not valid.")
	}
	l.attribute, l.value = a.AttributeKey, *a.AttributeValue
	return nil
}

// digest is what a token is good for.
func (l *lookup) digest() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %d %d %q %q", l.account, l.region, l.start.Unix(), l.end.Unix(), l.attribute, l.value))
	return hex.EncodeToString(sum[:8])
}

// wants says whether an event is one that is asked for.
func (l *lookup) wants(e *event) bool {
	return e.Recipient == l.account && e.Region == l.region && e.Management &&
		!e.Time.Before(l.start.Truncate(time.Second)) && (l.end.IsZero() || !e.Time.After(l.end)) &&
		(l.attribute == "" || e.has(l.attribute, l.value))
}

func (s *Service) lookup(l *lookup) (*cloudtrail.LookupEventsOutput, error) {
	out := &cloudtrail.LookupEventsOutput{Events: []types.Event{}}
	over := false // what comes now is older than what is asked for
	account := []byte(l.account)
	at, more, err := s.log.Backward(l.from, maxRead, func(line []byte) bool {
		// Most lines of other accounts need not be read.
		if !bytes.Contains(line, account) {
			return true
		}
		e, ok := readEvent(line)
		if !ok {
			return true
		}
		if over = e.Time.Before(l.start.Add(-disorder)); over {
			return false
		}
		if l.wants(&e) {
			out.Events = append(out.Events, e.shown(line))
		}
		return len(out.Events) < l.most
	})
	if errors.Is(err, audit.ErrNoPlace) {
		return nil, errToken
	}
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(out.Events, func(a, b types.Event) int { return b.EventTime.Compare(*a.EventTime) })
	if more && !over {
		b, err := json.Marshal(token{at, l.digest()})
		if err != nil {
			return nil, err
		}
		next := base64.RawURLEncoding.EncodeToString(b)
		out.NextToken = &next
	}
	return out, nil
}
