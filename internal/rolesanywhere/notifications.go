package rolesanywhere

import (
	"strconv"

	"github.com/statordb/stator/internal/awsapi"
)

// notification is a notification setting, which is kept and shown: nothing is sent here (docs/people/certificates.md).
type notification struct {
	Enabled   *bool   `json:"enabled"`
	Event     *string `json:"event"`
	Threshold *int32  `json:"threshold,omitempty"`
	Channel   *string `json:"channel,omitempty"`
	By        string  `json:"configuredBy,omitempty"`
}

// The events, and the channel, of which there is one.
var (
	notificationEvents = []string{"CA_CERTIFICATE_EXPIRY", "END_ENTITY_CERTIFICATE_EXPIRY"}
	allChannels        = "ALL"
)

// usualThreshold is the default of every event in days ("Customize notification settings", IAM Roles Anywhere User Guide).
const usualThreshold = 45

func checkNotifications(bad *awsapi.Violations, list []notification) {
	bad.Count("notificationSettings", "[]", len(list), 0, 50)
	for i, n := range list {
		in := "notificationSettings." + strconv.Itoa(i+1) + ".member."
		bad.Required(in+"enabled", n.Enabled != nil)
		checkEvent(bad, in, n.Event, n.Channel)
		bad.AtLeast(in+"threshold", awsapi.Wide(n.Threshold), 1)
		bad.AtMost(in+"threshold", awsapi.Wide(n.Threshold), 360)
	}
}

func checkEvent(bad *awsapi.Violations, in string, event, channel *string) {
	bad.Required(in+"event", event != nil)
	bad.Enum(in+"event", event, notificationEvents)
	bad.Enum(in+"channel", channel, []string{allChannels})
}

// configured are the settings that were changed, after more are.
func configured(before, more []notification) []notification {
	for _, n := range more {
		before = append(without(before, *n.Event), notification{Enabled: n.Enabled, Event: n.Event, Threshold: n.Threshold, Channel: &allChannels})
	}
	return before
}

func without(list []notification, event string) (rest []notification) {
	for _, n := range list {
		if *n.Event != event {
			rest = append(rest, n)
		}
	}
	return rest
}

// settings are those of all events.
func settings(p place, changed []notification) []notification {
	all := make([]notification, 0, len(notificationEvents))
	for _, event := range notificationEvents {
		enabled, threshold := true, int32(usualThreshold)
		n := notification{&enabled, &event, &threshold, &allChannels, principal}
		for _, c := range changed {
			if *c.Event == event {
				n = c
				n.By = p.account
			}
		}
		all = append(all, n)
	}
	return all
}

// putNotificationSettings decodes PutNotificationSettings.
func (s *Service) putNotificationSettings(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		ID       *string        `json:"trustAnchorId"`
		Settings []notification `json:"notificationSettings"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("notificationSettings", in.Settings != nil)
	checkNotifications(&bad, in.Settings)
	id, err := idOf(&bad, in.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range in.Settings {
		if *n.Enabled && n.Threshold == nil {
			return nil, validation("A notification setting that is enabled needs a threshold.")
		}
	}
	return oneAnchor.edit(s, req, "PutNotificationSettings", id, nil, func(rec *anchorRecord) error {
		rec.Notifications = configured(rec.Notifications, in.Settings)
		return nil
	})
}

// resetNotificationSettings decodes ResetNotificationSettings.
func (s *Service) resetNotificationSettings(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		ID   *string `json:"trustAnchorId"`
		Keys []struct {
			Event   *string `json:"event"`
			Channel *string `json:"channel"`
		} `json:"notificationSettingKeys"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("notificationSettingKeys", in.Keys != nil)
	bad.Count("notificationSettingKeys", "[]", len(in.Keys), 0, 50)
	for i, k := range in.Keys {
		checkEvent(&bad, "notificationSettingKeys."+strconv.Itoa(i+1)+".member.", k.Event, k.Channel)
	}
	id, err := idOf(&bad, in.ID)
	if err != nil {
		return nil, err
	}
	return oneAnchor.edit(s, req, "ResetNotificationSettings", id, nil, func(rec *anchorRecord) error {
		for _, k := range in.Keys {
			rec.Notifications = without(rec.Notifications, *k.Event)
		}
		return nil
	})
}

// idOf is the id of a trust anchor that is a member of the body, or what is wrong with the body.
func idOf(bad *awsapi.Violations, id *string) (string, error) {
	bad.Required("trustAnchorId", id != nil)
	bad.Length("trustAnchorId", id, 36, 36)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return "", err
	}
	return *id, nil
}
