package dynamodb

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/policy"
)

// maxResourcePolicy is the largest resource-based policy in bytes, white space counted (developer guide, "DynamoDB
// resource-based policy considerations").
const maxResourcePolicy = 20 << 10

// The actions that a policy of a table or of a stream may name (developer guide, "DynamoDB API operations supported by
// resource-based policies"), in lower case and without dynamodb:. Those for PartiQL and for replication are actions without an
// operation of the same name.
var (
	tablePolicyActions = []string{
		"batchgetitem", "batchwriteitem", "conditioncheckitem", "deleteitem", "getitem", "putitem", "query", "scan", "updateitem",
		"partiqldelete", "partiqlinsert", "partiqlselect", "partiqlupdate",
		"deletetable", "describetable", "updatetable",
		"describetablereplicaautoscaling", "updatetablereplicaautoscaling",
		"associatetablereplica", "createtablereplica", "deletetablereplica",
		"readdataforreplication", "writedataforreplication", "replicatesettings",
		"listtagsofresource", "tagresource", "untagresource",
		"createbackup", "startawsbackupjob",
		"describecontinuousbackups", "restoretabletopointintime", "updatecontinuousbackups",
		"describecontributorinsights", "updatecontributorinsights",
		"exporttabletopointintime",
		"describekinesisstreamingdestination", "disablekinesisstreamingdestination", "enablekinesisstreamingdestination",
		"updatekinesisstreamingdestination",
		"deleteresourcepolicy", "getresourcepolicy", "putresourcepolicy",
		"describetimetolive", "updatetimetolive",
	}
	streamPolicyActions = []string{
		"describestream", "getrecords", "getsharditerator",
		"listtagsofresource", "tagresource", "untagresource",
		"deleteresourcepolicy", "getresourcepolicy", "putresourcepolicy",
	}
)

// policyServices are the services that a resource-based policy may name: those that read tables on their own.
var policyServices = []string{"glue.amazonaws.com", "redshift.amazonaws.com", "replication.dynamodb.amazonaws.com"}

// readPolicy reads a policy that is to be attached to a resource, and checks all that can be checked without knowing who its
// principals are. The document is as AWS keeps it: written in one way, however it was given.
func readPolicy(text string, r resource) (*policy.Document, error) {
	switch {
	case len(text) > maxResourcePolicy:
		return nil, refused("Maximum policy size of %d bytes exceeded", maxResourcePolicy)
	case strings.TrimSpace(text) == "null":
		return nil, malformedPolicy("This text appears not to be a policy")
	}
	d, err := policy.ReadDocument([]byte(text))
	if err != nil {
		return nil, policyError(policy.Validate(policy.Resource, []byte(text)))
	}
	normalize(d)
	if err := policy.Validate(policy.Resource, written(d)); err != nil {
		return nil, policyError(err)
	}
	return d, checkPolicy(d, r.stream != "")
}

// normalize writes in one way what can be written in several.
func normalize(d *policy.Document) {
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, effect := range []string{"Allow", "Deny"} {
			if strings.EqualFold(s.Effect, effect) {
				s.Effect = effect
			}
		}
	}
	_ = d.MapPrincipals(func(typ, value string) (string, error) {
		if typ == "AWS" && len(value) == 12 && strings.Trim(value, "0123456789") == "" {
			value = "arn:aws:iam::" + value + ":root"
		}
		return value, nil
	})
	mergePrincipals(d)
}

// written is the text of a document.
func written(d *policy.Document) []byte {
	text, _ := d.MarshalJSON() // it has nothing that can't be written
	return text
}

func malformedPolicy(format string, args ...any) error {
	return refused("Invalid policy document: "+format, args...)
}

// policyError is the error of a document that policy refuses, in DynamoDB's words.
func policyError(err error) error {
	var m *policy.MalformedError
	switch {
	case !errors.As(err, &m):
		return malformedPolicy("Syntax error in policy.")
	case strings.HasPrefix(m.Message, "Invalid principal in policy"):
		return errInvalidPrincipal
	}
	return malformedPolicy("%s", m.Message)
}

// checkPolicy checks what a policy of DynamoDB may say, of those that a resource may have.
func checkPolicy(d *policy.Document, stream bool) error {
	if invalid := invalidActions(d, stream); invalid != nil {
		return malformedPolicy("The following action names are invalid: %s", strings.Join(invalid, ", "))
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, r := range slices.Concat(s.Resource, s.NotResource) {
			if err := checkPolicyResource(r, stream); err != nil {
				return err
			}
		}
		for _, ps := range []*policy.Principals{s.Principal, s.NotPrincipal} {
			if ps == nil {
				continue
			}
			for _, m := range ps.Members {
				if m.Type == "Service" && !slices.Contains(policyServices, m.Value) {
					return malformedPolicy("Policy contains invalid service principal")
				}
			}
		}
	}
	for i := range d.Statements {
		if isPublic(&d.Statements[i]) {
			return errUnbounded
		}
	}
	return nil
}

// invalidActions are the actions, in quotes and each once, that the policy of a resource can't name.
func invalidActions(d *policy.Document, stream bool) []string {
	known := tablePolicyActions
	if stream {
		known = streamPolicyActions
	}
	var invalid []string
	for i := range d.Statements {
		for _, a := range slices.Concat(d.Statements[i].Action, d.Statements[i].NotAction) {
			quoted := `"` + a + `"`
			if !isPolicyAction(strings.ToLower(a), known) && !slices.Contains(invalid, quoted) {
				invalid = append(invalid, quoted)
			}
		}
	}
	return invalid
}

// isPolicyAction says whether an action is one of those known, or a pattern of some.
func isPolicyAction(a string, known []string) bool {
	name, ok := strings.CutPrefix(a, "dynamodb:")
	switch {
	case a == "*":
		return true
	case !ok || strings.ContainsAny(name, `[]\`):
		return false
	}
	return slices.ContainsFunc(known, func(k string) bool {
		matched, err := path.Match(name, k)
		return matched && err == nil
	})
}

// checkPolicyResource checks a resource that a policy names. It may be another table's: the statement then applies to nothing.
func checkPolicyResource(r string, stream bool) error {
	if r == "*" {
		return nil
	}
	parts := strings.SplitN(r, ":", 6)
	if len(parts) < 6 || parts[2] != "dynamodb" {
		return malformedPolicy("Policy has invalid resource")
	}
	id := parts[5]
	segments := strings.SplitN(id, "/", 3)
	ofStream := len(segments) == 3 && (segments[2] == "stream" || strings.HasPrefix(segments[2], "stream/"))
	ok := segments[0] == "table" && len(segments) > 1 && (ofStream == stream || stream && strings.ContainsAny(id, "*?"))
	if !ok && !strings.ContainsAny(segments[0], "*?") {
		return malformedPolicy(`The relative-id "%s" is invalid for ARN "%s"`, id, r)
	}
	return nil
}

// errUnbounded refuses a policy that gives something to everybody (developer guide, "Blocking public access with
// resource-based policies").
var errUnbounded = awsapi.Validation("Resource-based policy grants unbounded access in one or more elements. Please revise the policy to ensure least-privilege form of access")

// trustedKeys are the condition keys that can bound who everybody is, in lower case.
var trustedKeys = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn",
	"aws:sourcevpc", "aws:sourcevpce", "aws:userid", "aws:principalservicename", "aws:principalservicenameslist",
	"aws:principalisawsservice", "aws:ec2instancesourcevpc", "aws:sourceorgid", "aws:sourceorgpaths",
}

// boundingOperators are the operators that hold for the values that are named alone, in lower case.
var boundingOperators = []string{"stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike", "bool"}

// isPublic says whether a statement allows something to everybody.
func isPublic(s *policy.Statement) bool {
	if s.Effect != "Allow" || s.Principal == nil {
		return false
	}
	everybody := func(m policy.PrincipalMember) bool { return m.Type == "AWS" && m.Value == "*" }
	if !s.Principal.Any && !slices.ContainsFunc(s.Principal.Members, everybody) {
		return false
	}
	bounds := func(c policy.Condition) bool {
		operator := strings.TrimPrefix(strings.ToLower(c.Operator), "foranyvalue:")
		unbounded := func(v string) bool { return v == "" || strings.HasPrefix(v, "*") || strings.Contains(v, "${") }
		return slices.Contains(boundingOperators, operator) && slices.Contains(trustedKeys, strings.ToLower(c.Key)) &&
			!slices.ContainsFunc(c.Values, unbounded)
	}
	return !slices.ContainsFunc(s.Conditions, bounds)
}
