package rolesanywhere

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv"
	"github.com/statordb/stator/internal/policy"
)

// maxTags is how many tags a request and a resource have at the most.
const maxTags = 200

// tagPattern is that of keys and values in the model.
var tagPattern = awsapi.Regexp(`[ a-zA-Z0-9_.:/=+@-]*`)

func checkTags(bad *awsapi.Violations, tags []tag) {
	bad.Count("tags", "[]", len(tags), 0, maxTags)
	bad.HideValues = true // they are sensitive in the model
	for i, t := range tags {
		in := "tags." + strconv.Itoa(i+1) + ".member."
		bad.Required(in+"key", t.Key != nil)
		bad.Length(in+"key", t.Key, 1, 128)
		bad.Pattern(in+"key", t.Key, tagPattern)
		bad.Required(in+"value", t.Value != nil)
		bad.Length(in+"value", t.Value, 0, 256)
		bad.Pattern(in+"value", t.Value, tagPattern)
	}
	bad.HideValues = false
}

// oneOfEach refuses keys that are there twice.
func oneOfEach(tags []tag) error {
	for i, t := range tags {
		if slices.ContainsFunc(tags[:i], func(before tag) bool { return *before.Key == *t.Key }) {
			return validation("A tag key is there twice.")
		}
	}
	return nil
}

// tagsAsked are the condition keys of tags that a resource is to have.
func tagsAsked(tags []tag) policy.MapContext {
	asks := policy.MapContext{}
	var keys []string
	for _, t := range tags {
		asks["aws:requesttag/"+policy.Key(*t.Key)] = []string{*t.Value}
		keys = append(keys, *t.Key)
	}
	if keys != nil {
		asks["aws:tagkeys"] = keys
	}
	return asks
}

// tagged is the resource of an ARN, of those that have tags. It has to be of the caller's, where the request is.
func tagged(req *awsapi.Request, arn *string, bad *awsapi.Violations) (k kind, id string, err error) {
	bad.Required("resourceArn", arn != nil)
	bad.Length("resourceArn", arn, 1, 1011)
	if err := bad.Err(awsapi.ValidationException); err != nil {
		return "", "", err
	}
	p, k, id, ok := parseARN(*arn)
	switch {
	case !ok || k == subjects:
		return "", "", validation("The resourceArn is not that of a trust anchor, a profile or a revocation list.")
	case p != place{req.Caller.Account, req.Region}:
		return "", "", notFound(k, id)
	}
	return k, id, nil
}

// retag changes the tags of a resource.
func retag(ctx context.Context, tx kv.Txn, p place, k kind, id string, now time.Time, change func(tags []tag) []tag) error {
	switch k {
	case anchors:
		return retagged[anchorRecord](ctx, tx, p, k, id, now, change)
	case profiles:
		return retagged[profileRecord](ctx, tx, p, k, id, now, change)
	}
	return retagged[crlRecord](ctx, tx, p, k, id, now, change)
}

func retagged[R any](ctx context.Context, tx kv.Txn, p place, k kind, id string, now time.Time, change func(tags []tag) []tag) error {
	rec, err := there[R](ctx, tx, p, k, id)
	if err != nil {
		return err
	}
	base := any(rec).(record).base()
	tags := change(base.Tags)
	if len(tags) > maxTags {
		return &awsapi.Error{Code: "TooManyTagsException", Status: http.StatusBadRequest, Message: "A resource has " + strconv.Itoa(maxTags) + " tags at the most."}
	}
	base.Tags, base.Updated = tags, now
	return put(tx, p, k, id, rec)
}

// tagResource decodes TagResource.
func (s *Service) tagResource(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		ARN  *string `json:"resourceArn"`
		Tags []tag   `json:"tags"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("tags", in.Tags != nil)
	checkTags(&bad, in.Tags)
	k, id, err := tagged(req, in.ARN, &bad)
	if err == nil {
		err = oneOfEach(in.Tags)
	}
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: "TagResource", on: k, id: id, asks: tagsAsked(in.Tags), change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		return struct{}{}, retag(ctx, tx, p, k, id, now, func(tags []tag) []tag {
			tags = slices.DeleteFunc(tags, func(old tag) bool {
				return slices.ContainsFunc(in.Tags, func(t tag) bool { return *t.Key == *old.Key })
			})
			return append(tags, in.Tags...)
		})
	}}, nil
}

// untagResource decodes UntagResource.
func (s *Service) untagResource(req *awsapi.Request) (awsapi.Call, error) {
	in, err := decode[struct {
		ARN  *string  `json:"resourceArn"`
		Keys []string `json:"tagKeys"`
	}](req)
	if err != nil {
		return nil, err
	}
	var bad awsapi.Violations
	bad.Required("tagKeys", in.Keys != nil)
	bad.Count("tagKeys", "[]", len(in.Keys), 0, maxTags)
	k, id, err := tagged(req, in.ARN, &bad)
	if err != nil {
		return nil, err
	}
	asks := policy.MapContext{}
	if len(in.Keys) > 0 {
		asks["aws:tagkeys"] = in.Keys
	}
	return &call{s: s, req: req, action: "UntagResource", on: k, id: id, asks: asks, change: func(ctx context.Context, tx kv.Txn, p place, now time.Time) (any, error) {
		return struct{}{}, retag(ctx, tx, p, k, id, now, func(tags []tag) []tag {
			return slices.DeleteFunc(tags, func(t tag) bool { return slices.Contains(in.Keys, *t.Key) })
		})
	}}, nil
}

// listTagsForResource decodes ListTagsForResource.
func (s *Service) listTagsForResource(req *awsapi.Request) (awsapi.Call, error) {
	var arn *string
	if text, ok := req.Form.Value("resourceArn"); ok {
		arn = &text
	}
	k, id, err := tagged(req, arn, new(awsapi.Violations))
	if err != nil {
		return nil, err
	}
	return &call{s: s, req: req, action: "ListTagsForResource", on: k, id: id, view: func(ctx context.Context, r kv.Reader, p place) (any, error) {
		rec, err := there[struct{ resource }](ctx, r, p, k, id)
		if err != nil {
			return nil, err
		}
		return map[string]any{"tags": append([]tag{}, rec.Tags...)}, nil
	}}, nil
}
