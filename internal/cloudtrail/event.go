package cloudtrail

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudtrail/types"
)

// event is what is looked at of a line of the log ("CloudTrail record contents", AWS CloudTrail User Guide).
type event struct {
	ID         string    `json:"eventID"`
	Name       string    `json:"eventName"`
	Source     string    `json:"eventSource"`
	Time       time.Time `json:"eventTime"`
	Region     string    `json:"awsRegion"`
	ReadOnly   bool      `json:"readOnly"`
	Management bool      `json:"managementEvent"`
	Recipient  string    `json:"recipientAccountId"`
	Identity   struct {
		Type        string `json:"type"`
		PrincipalID string `json:"principalId"`
		UserName    string `json:"userName"`
		AccessKeyID string `json:"accessKeyId"`
	} `json:"userIdentity"`
	Resources []struct {
		Type string `json:"type"`
		ARN  string `json:"ARN"`
	} `json:"resources"`
}

// user is who did it: the user's name, the name of a session, or root.
func (e *event) user() string {
	switch {
	case e.Identity.Type == "Root":
		return "root"
	case e.Identity.UserName != "":
		return e.Identity.UserName
	}
	_, session, _ := strings.Cut(e.Identity.PrincipalID, ":")
	return session
}

// resourceName is how events name a resource: tables, users, roles and the like by name, policies by ARN.
func resourceName(kind, arn string) string {
	switch kind {
	case "AWS::DynamoDB::Table":
		_, name, _ := strings.Cut(arn, ":table/")
		name, _, _ = strings.Cut(name, "/") // an index is part of its table
		return name
	case "AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::InstanceProfile":
		return arn[strings.LastIndexByte(arn, '/')+1:]
	}
	return arn
}

// has says whether the event has an attribute of that value.
func (e *event) has(attribute types.LookupAttributeKey, value string) bool {
	switch attribute {
	case types.LookupAttributeKeyEventId:
		return e.ID == value
	case types.LookupAttributeKeyEventName:
		return e.Name == value
	case types.LookupAttributeKeyEventSource:
		return e.Source == value
	case types.LookupAttributeKeyReadOnly:
		return strconv.FormatBool(e.ReadOnly) == value
	case types.LookupAttributeKeyUsername:
		return e.user() == value
	case types.LookupAttributeKeyAccessKeyId:
		return e.Identity.AccessKeyID == value
	}
	for _, r := range e.Resources {
		if attribute == types.LookupAttributeKeyResourceType && r.Type == value ||
			attribute == types.LookupAttributeKeyResourceName && (r.ARN == value || resourceName(r.Type, r.ARN) == value) {
			return true
		}
	}
	return false
}

// shown is the event as the API has it; line is the whole of it.
func (e *event) shown(line []byte) types.Event {
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	out := types.Event{
		EventId: text(e.ID), EventName: text(e.Name), EventSource: text(e.Source), EventTime: aws.Time(e.Time),
		ReadOnly: text(strconv.FormatBool(e.ReadOnly)), Username: text(e.user()), AccessKeyId: text(e.Identity.AccessKeyID),
		Resources: []types.Resource{}, CloudTrailEvent: aws.String(string(line)),
	}
	for _, r := range e.Resources {
		out.Resources = append(out.Resources, types.Resource{ResourceType: text(r.Type), ResourceName: text(resourceName(r.Type, r.ARN))})
	}
	return out
}

// readEvent reads a line. It is not ok if it is no event, such as one that was being written when the server crashed.
func readEvent(line []byte) (e event, ok bool) {
	err := json.Unmarshal(line, &e)
	return e, err == nil
}
