package dynamodb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/kv/pebblekv"
	"github.com/statordb/stator/internal/policy"
	"github.com/statordb/stator/internal/table"
)

// entities are users and roles by ARN, with their unique ids.
type entities map[string]string

func (e entities) PrincipalID(_ context.Context, arn string) (string, bool, error) {
	id, ok := e[arn]
	return id, ok, nil
}

func (e entities) PrincipalARN(_ context.Context, id string) (string, bool, error) {
	for arn, other := range e {
		if other == id {
			return arn, true, nil
		}
	}
	return "", false, nil
}

// door is a front door: it decides on requests with who sends them, and makes those that are allowed.
type door struct {
	*testing.T
	ops map[string]awsapi.Operation
	now time.Time
}

func newDoor(t *testing.T, principals Principals) *door {
	db, err := pebblekv.OpenMemory(pebblekv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	store, err := table.Open(t.Context(), db, table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _, _ = store.Close(), db.Close() })
	d := &door{t, map[string]awsapi.Operation{}, time.Unix(1.7e9, 0)}
	for _, op := range New(store, principals).Operations() {
		d.ops[op.Name] = op
	}
	return d
}

// sender is who sends a request, with the policies that are attached, and what else is known of it.
type sender struct {
	policy.Principal
	identity string
	context  policy.MapContext
}

const allowAll = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`

func user(account, name, identity string) sender {
	return sender{Principal: policy.Principal{Type: policy.User, Account: account, Name: name, ID: "AIDA" + account + strings.ToUpper(name),
		ARN: "arn:aws:iam::" + account + ":user/" + name}, identity: identity}
}

func roleSession(account, role, identity string) sender {
	return sender{Principal: policy.Principal{Type: policy.RoleSession, Account: account, ID: "AROAQAAAAAAAAAAAAAROL:s",
		ARN: "arn:aws:sts::" + account + ":assumed-role/" + role + "/s", Entity: "arn:aws:iam::" + account + ":role/" + role, EntityID: "AROAQAAAAAAAAAAAAAROL"}, identity: identity}
}

// do makes a request, and returns its answer or its error.
func (d *door) do(who sender, op, body string) (string, error) {
	d.Helper()
	d.now = d.now.Add(time.Second)
	c, err := d.ops[op].Decode(&awsapi.Request{Caller: &who.Principal, Region: "us-east-1", Now: d.now, Body: []byte(body)})
	if err != nil {
		return "", err
	}
	policies := policy.Policies{}
	if who.identity != "" {
		p, err := policy.Parse("identity", []byte(who.identity))
		if err != nil {
			d.Fatal(err)
		}
		policies.Identity = []*policy.Policy{p}
	}
	for _, need := range c.Needs() {
		policies.Resource = need.Policy
		decision := policy.Decide(&policy.Request{Need: need, Principal: who.Principal, Context: who.context}, &policies)
		if !decision.Allowed {
			message := need.Refusal
			if message == "" {
				message = decision.Message(who.ARN, need.Action, need.Resource)
			}
			return "", &awsapi.Error{Code: "AccessDeniedException", Status: http.StatusBadRequest, Message: message}
		}
	}
	out, err := c.Run(d.Context(), nil)
	return string(out), err
}

// must is do for a request that is answered.
func (d *door) must(who sender, op, body string) string {
	d.Helper()
	out, err := d.do(who, op, body)
	if err != nil {
		d.Fatalf("%s %s: %v", op, body, err)
	}
	return out
}

// want checks that a request is answered, if why is empty, or else that its error has why in it.
func (d *door) want(who sender, op, body, why string) {
	d.Helper()
	_, err := d.do(who, op, body)
	if why == "" && err != nil || why != "" && (err == nil || !strings.Contains(err.Error(), why)) {
		d.Errorf("%s by %s: %v, want %q", op, who.ARN, err, why)
	}
}

const (
	owner  = "123456789012"
	other  = "111122223333"
	music  = "arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection"
	noRBP  = "because no resource-based policy allows the dynamodb:"
	noIBP  = "because no identity-based policy allows the dynamodb:"
	denied = "with an explicit deny in a resource-based policy"
)

var admin = user(owner, "admin", allowAll)

// attach puts a policy on the collection, whatever it says of those who put it there.
func (d *door) attach(document string) {
	d.Helper()
	body, _ := json.Marshal(map[string]any{"ResourceArn": music, "Policy": document, "ConfirmRemoveSelfResourceAccess": true})
	d.must(sender{Principal: admin.Principal, identity: allowAll}, "PutResourcePolicy", string(body))
}

func (d *door) createMusic() {
	d.Helper()
	d.must(admin, "CreateTable", `{"TableName":"MusicCollection","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"}],
		"KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],"GlobalSecondaryIndexes":[
		{"IndexName":"index-name","KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}},
		{"IndexName":"index-other","KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]}`)
}

const getJane = `{"TableName":"` + music + `","Key":{"Artist":{"S":"Jane"}}}`

// The policies of the developer guide, "DynamoDB resource-based policy examples".
func TestResourcePolicyExamples(t *testing.T) {
	query := func(index string) string {
		return `{"TableName":"` + music + `","IndexName":"` + index + `","KeyConditionExpression":"Artist = :a","ExpressionAttributeValues":{":a":{"S":"x"}}}`
	}
	scan, batch := `{"TableName":"`+music+`"}`, `{"RequestItems":{"`+music+`":{"Keys":[{"Artist":{"S":"x"}}]}}}`
	jane, someone := user(other, "Jane", allowAll), user(other, "username", allowAll)
	for _, example := range []struct {
		name, document string
		test           func(d *door)
	}{
		{"a table", `{"Version":"2012-10-17","Statement":[{"Sid":"1111","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111122223333:user/username","arn:aws:iam::111122223333:user/Jane"]},
			"Action":["dynamodb:GetItem","dynamodb:BatchGetItem"],"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection"]}]}`, func(d *door) {
			d.want(jane, "GetItem", getJane, "")
			d.want(someone, "BatchGetItem", batch, "")
			d.want(jane, "Scan", scan, noRBP+"Scan action")
			d.want(user(other, "John", allowAll), "GetItem", getJane, noRBP+"GetItem action")
			d.want(user(other, "Jane", ""), "GetItem", getJane, noIBP+"GetItem action")
			d.want(user(owner, "Jane", ""), "GetItem", getJane, noIBP+"GetItem action")
		}},
		{"all actions", `{"Version":"2012-10-17","Statement":[{"Sid":"1111","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/username"},"Action":"dynamodb:*",
			"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection","arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection/index/index-name"]}]}`, func(d *door) {
			d.want(someone, "Query", query("index-name"), "")
			d.want(someone, "Query", query("index-other"), noRBP+"Query action")
			d.want(someone, "DescribeTable", scan, "")
			d.want(someone, "TagResource", `{"ResourceArn":"`+music+`","Tags":[{"Key":"k","Value":"v"}]}`, "")
			d.want(someone, "ListTagsOfResource", `{"ResourceArn":"`+music+`"}`, "")
			d.want(someone, "UpdateTable", `{"TableName":"`+music+`","DeletionProtectionEnabled":false}`, "")
			d.want(someone, "TransactWriteItems", `{"TransactItems":[{"Put":{"TableName":"`+music+`","Item":{"Artist":{"S":"x"}}}}]}`, "")
			d.want(someone, "GetResourcePolicy", `{"ResourceArn":"`+music+`"}`, "only supported by accounts that match")
			d.want(someone, "CreateTable", `{"TableName":"`+music+`","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"a","AttributeType":"S"}],
				"KeySchema":[{"AttributeName":"a","KeyType":"HASH"}]}`, noRBP+"CreateTable action")
			d.want(someone, "DeleteTable", scan, "")
			d.want(admin, "DescribeTable", scan, "not found")
		}},
		{"cross-account access", `{"Version":"2012-10-17","Statement":[{"Sid":"CrossAccountTablePolicy","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/John"},
			"Action":"dynamodb:GetItem","Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection"],"Condition":{
			"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"Jane","dynamodb:Attributes":["Artist","SongTitle"]},"StringEquals":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}}}]}`, func(d *door) {
			john := user("111111111111", "John", `{"Version":"2012-10-17","Statement":[{"Sid":"CrossAccountIdentityBasedPolicy","Effect":"Allow","Action":["dynamodb:GetItem"],
				"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection"],"Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"Jane","dynamodb:Attributes":["Artist","SongTitle"]},
				"StringEquals":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}}}]}`)
			const projected = `{"TableName":"` + music + `","Key":{"Artist":{"S":"%s"}},"ProjectionExpression":"%s","ReturnConsumedCapacity":"TOTAL"}`
			if out := d.must(john, "GetItem", fmt.Sprintf(projected, "Jane", "Artist, SongTitle")); out != `{"ConsumedCapacity":{"TableName":"`+music+`","CapacityUnits":0.5}}` {
				d.Error(out)
			}
			for _, body := range []string{getJane, fmt.Sprintf(projected, "Jane", "Artist, Label"), fmt.Sprintf(projected, "Joe", "Artist")} {
				d.want(john, "GetItem", body, noIBP+"GetItem action")
				d.want(user("111111111111", "John", allowAll), "GetItem", body, noRBP+"GetItem action")
			}
		}},
		{"IP addresses", `{"Id":"PolicyId2","Version":"2012-10-17","Statement":[{"Sid":"AllowIPmix","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:user/username"},"Action":"dynamodb:*",
			"Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["54.240.143.0/24","2001:DB8:1234:5678::/64"]}}}]}`, func(d *door) {
			who := user("111111111111", "username", allowAll)
			for ip, why := range map[string]string{"54.240.143.7": "", "2001:db8:1234:5678::1": "", "10.0.0.1": noRBP + "GetItem action"} {
				who.context = policy.MapContext{"aws:sourceip": {ip}}
				d.want(who, "GetItem", getJane, why)
			}
		}},
		{"a VPC endpoint", `{"Id":"PolicyId","Version":"2012-10-17","Statement":[{"Sid":"AccessToSpecificVPCEOnly","Principal":"*","Action":"dynamodb:*","Effect":"Deny","Resource":"*",
			"Condition":{"StringNotEquals":{"aws:sourceVpce":"vpce-1a2b3c4d"}}}]}`, func(d *door) {
			d.want(admin, "GetItem", getJane, denied)
			inside := admin
			inside.context = policy.MapContext{"aws:sourcevpce": {"vpce-1a2b3c4d"}}
			d.want(inside, "GetItem", getJane, "")
			d.want(jane, "GetItem", getJane, denied)
		}},
		{"a role", `{"Version":"2012-10-17","Statement":[{"Sid":"1111","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/role-name"},"Action":"dynamodb:*",
			"Resource":["arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection","arn:aws:dynamodb:us-east-1:123456789012:table/MusicCollection/*"]}]}`, func(d *door) {
			d.want(roleSession(other, "role-name", allowAll), "Query", query("index-other"), "")
			d.want(roleSession(other, "role-name", ""), "Scan", scan, noIBP+"Scan action")
			d.want(jane, "Scan", scan, noRBP+"Scan action")
		}},
		{"accounts, instead of everybody", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["123456789012","111122223333"]},"Action":"dynamodb:*","Resource":"*"}]}`, func(d *door) {
			d.want(jane, "Scan", scan, "")
			d.want(user(other, "Joe", ""), "Scan", scan, noIBP+"Scan action") // whose account says who of it may
			d.want(user("111111111111", "John", allowAll), "Scan", scan, noRBP+"Scan action")
		}},
	} {
		t.Run(example.name, func(t *testing.T) {
			for name, principals := range map[string]Principals{"by ARN": nil, "by id": entities{
				jane.ARN: jane.ID, someone.ARN: someone.ID, "arn:aws:iam::111122223333:role/role-name": "AROAQAAAAAAAAAAAAAROL",
				"arn:aws:iam::111111111111:user/John": user("111111111111", "John", "").ID, "arn:aws:iam::111111111111:user/username": user("111111111111", "username", "").ID}} {
				t.Run(name, func(t *testing.T) {
					d := newDoor(t, principals)
					d.createMusic()
					d.attach(example.document)
					example.test(d)
				})
			}
		})
	}
}

// tableRequests are requests on the table ARN, by operation.
var tableRequests = map[string]string{
	"GetItem":            `{"TableName":"ARN","Key":{"Artist":{"S":"x"}}}`,
	"PutItem":            `{"TableName":"ARN","Item":{"Artist":{"S":"x"}}}`,
	"UpdateItem":         `{"TableName":"ARN","Key":{"Artist":{"S":"x"}}}`,
	"DeleteItem":         `{"TableName":"ARN","Key":{"wrong":{"S":"x"}}}`,
	"Query":              `{"TableName":"ARN","IndexName":"index-name","KeyConditionExpression":"Artist = :a","ExpressionAttributeValues":{":a":{"S":"x"}}}`,
	"Scan":               `{"TableName":"ARN","IndexName":"none"}`,
	"BatchGetItem":       `{"RequestItems":{"ARN":{"Keys":[{"Artist":{"S":"x"}}]}}}`,
	"BatchWriteItem":     `{"RequestItems":{"ARN":[{"PutRequest":{"Item":{"Artist":{"S":"x"}}}}]}}`,
	"TransactGetItems":   `{"TransactItems":[{"Get":{"TableName":"ARN","Key":{"Artist":{"S":"x"}}}}]}`,
	"TransactWriteItems": `{"TransactItems":[{"Delete":{"TableName":"ARN","Key":{"Artist":{"S":"x"}}}}]}`,
	"DescribeTable":      `{"TableName":"ARN"}`,
	"UpdateTable":        `{"TableName":"ARN","DeletionProtectionEnabled":true}`,
	"DescribeTimeToLive": `{"TableName":"ARN"}`,
	"UpdateTimeToLive":   `{"TableName":"ARN","TimeToLiveSpecification":{"AttributeName":"t","Enabled":true}}`,
	"DeleteTable":        `{"TableName":"ARN"}`,
	"TagResource":        `{"ResourceArn":"ARN","Tags":[{"Key":"k","Value":"v"}]}`,
	"UntagResource":      `{"ResourceArn":"ARN","TagKeys":["k"]}`,
	"ListTagsOfResource": `{"ResourceArn":"ARN"}`,
	"GetResourcePolicy":  `{"ResourceArn":"ARN"}`,
	"PutResourcePolicy":  `{"ResourceArn":"ARN","Policy":"{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"dynamodb:Scan\",\"Resource\":\"*\"}}"}`,
}

// The tags of a table have a say in all that is done to it and to its indexes.
func TestTagsDecide(t *testing.T) {
	d := newDoor(t, nil)
	d.createMusic()
	ann := user(owner, "ann", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:resourcetag/TEAM":"music"}}}]}`)
	for op, body := range tableRequests {
		if op == "DeleteTable" || op == "UntagResource" {
			continue
		}
		body = strings.ReplaceAll(strings.ReplaceAll(body, "ARN", music), `"wrong"`, `"Artist"`)
		body = strings.ReplaceAll(body, `"IndexName":"none"`, `"IndexName":"index-name"`)
		for value, why := range map[string]string{"books": "because no identity-based policy allows", "music": ""} {
			d.must(admin, "TagResource", `{"ResourceArn":"`+music+`","Tags":[{"Key":"Team","Value":"`+value+`"}]}`)
			if op == "GetResourcePolicy" && why == "" {
				why = "PolicyNotFoundException"
			}
			if op == "PutResourcePolicy" {
				body = strings.Replace(body, "dynamodb:Scan", "dynamodb:DescribeTimeToLive", 1)
			}
			d.want(ann, op, body, why)
			d.must(admin, "DeleteResourcePolicy", `{"ResourceArn":"`+music+`"}`)
		}
	}
}

// Condition keys know no case, of the letters that they know; values and other letters do.
func TestTagConditionKeys(t *testing.T) {
	d := newDoor(t, nil)
	d.createMusic()
	d.must(admin, "TagResource", `{"ResourceArn":"`+music+`","Tags":[{"Key":"ÄRA","Value":"Öl"},{"Key":"team","Value":"b"},{"Key":"Team","Value":"a"}]}`)
	for condition, why := range map[string]string{
		`"StringEquals":{"aws:ResourceTag/Ära":"Öl"}`:                   "",
		`"StringEquals":{"aws:ResourceTag/ära":"Öl"}`:                   noIBP,
		`"StringEquals":{"aws:ResourceTag/Ära":"öl"}`:                   noIBP,
		`"StringEquals":{"aws:ResourceTag/TEAM":"a"}`:                   "", // of two, the first
		`"StringEquals":{"aws:ResourceTag/team":"b"}`:                   noIBP,
		`"Null":{"aws:ResourceTag/Owner":"true"}`:                       "",
		`"Null":{"aws:TagKeys":"false"}`:                                noIBP,
		`"StringEquals":{"aws:RequestTag/team":"b"}`:                    noIBP,
		`"StringLike":{"aws:ResourceTag/ÄRA":"${aws:ResourceTag/ÄRA}"}`: "",
	} {
		ann := user(owner, "ann", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{`+condition+`}}]}`)
		d.want(ann, "GetItem", getJane, why)
	}
	ann := user(owner, "ann", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"StringEquals":{"aws:RequestTag/ära":"1"}}}]}`)
	for key, why := range map[string]string{"ära": "", "äRA": "", "Ära": noIBP} {
		d.want(ann, "TagResource", `{"ResourceArn":"`+music+`","Tags":[{"Key":"`+key+`","Value":"1"}]}`, why)
	}
}

// A table of another account that is not shared can't be told from one that does not exist, whatever is asked of it.
func TestOtherAccountsTablesAreHidden(t *testing.T) {
	d := newDoor(t, nil)
	d.createMusic()
	d.attach(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"dynamodb:*","Resource":"*"}]}`)
	jane := user(other, "Jane", allowAll)
	for op, body := range tableRequests {
		var messages [2]string
		for i, name := range []string{music, strings.Replace(music, "MusicCollection", "NoneCollections", 1)} {
			_, err := d.do(jane, op, strings.ReplaceAll(body, "ARN", name))
			var e *awsapi.Error
			if !errors.As(err, &e) {
				t.Fatalf("%s: %v", op, err)
			}
			messages[i] = strings.ReplaceAll(e.Error(), name, "ARN")
		}
		if messages[0] != messages[1] || !strings.HasPrefix(messages[0], "AccessDeniedException") && !strings.Contains(messages[0], "only supported by accounts") {
			t.Errorf("%s: %q and %q", op, messages[0], messages[1])
		}
	}
	if out := d.must(jane, "ListTables", `{}`); out != `{"TableNames":[]}` {
		t.Error(out)
	}
	d.want(jane, "DescribeTable", `{"TableName":"MusicCollection"}`, "not found") // which is her own account's
}

// A policy that its author could not change any more has to be confirmed; one that does not let it be deleted has not.
func TestLockOut(t *testing.T) {
	d := newDoor(t, nil)
	d.createMusic()
	put := func(who sender, statement, more, why string) {
		t.Helper()
		body, _ := json.Marshal(`{"Version":"2012-10-17","Statement":[` + statement + `]}`)
		d.want(who, "PutResourcePolicy", `{"ResourceArn":"`+music+`","Policy":`+string(body)+more+`}`, why)
	}
	const denyBoth = `{"Effect":"Deny","Principal":"*","Action":["dynamodb:PutResourcePolicy","dynamodb:DeleteResourcePolicy"],"Resource":"*"}`
	put(admin, denyBoth, ``, "AccessDeniedException: "+lockedOut)
	put(admin, denyBoth, `,"ConfirmRemoveSelfResourceAccess":false`, lockedOut)
	put(admin, `{"Effect":"Deny","Principal":"*","Action":"dynamodb:*","Resource":"*","Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:user/admin"}}}`, ``, lockedOut)
	put(admin, `{"Effect":"Deny","Principal":"*","Action":"dynamodb:DeleteResourcePolicy","Resource":"*"}`, ``, "")
	d.want(admin, "DeleteResourcePolicy", `{"ResourceArn":"`+music+`"}`, denied)
	// Who may only by the policy that was there may not take that away.
	only := user(owner, "only", "")
	const allowOnly = `{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:user/only"},"Action":"dynamodb:*","Resource":"*"}`
	put(only, allowOnly, ``, noIBP+"PutResourcePolicy action")
	put(admin, allowOnly, ``, "")
	put(only, `{"Effect":"Deny","Principal":"*","Action":"dynamodb:Scan","Resource":"*"}`, ``, lockedOut)
	put(only, allowOnly+`,{"Effect":"Deny","Principal":"*","Action":"dynamodb:Scan","Resource":"*"}`, ``, "")
	put(admin, denyBoth, `,"ConfirmRemoveSelfResourceAccess":true`, "")
	put(admin, allowOnly, `,"ConfirmRemoveSelfResourceAccess":true`, denied)
	d.want(admin, "DeleteResourcePolicy", `{"ResourceArn":"`+music+`"}`, denied)
	d.want(admin, "DescribeTable", `{"TableName":"MusicCollection"}`, "")
}

// A policy that is kept names users and roles by their ids: one who is made again is another.
func TestPrincipalsAreWhoTheyWere(t *testing.T) {
	jane := user(owner, "Jane", "")
	known := entities{jane.ARN: jane.ID}
	d := newDoor(t, known)
	d.createMusic()
	put := func(principal, why string) {
		t.Helper()
		document, _ := json.Marshal(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":` + principal + `,"Action":"dynamodb:GetItem","Resource":"*"}]}`)
		d.want(admin, "PutResourcePolicy", `{"ResourceArn":"`+music+`","Policy":`+string(document)+`}`, why)
	}
	revision := func() (principal, id string) {
		t.Helper()
		var out struct{ Policy, RevisionId string }
		var document struct {
			Statement []struct{ Principal json.RawMessage }
		}
		if err := json.Unmarshal([]byte(d.must(admin, "GetResourcePolicy", `{"ResourceArn":"`+music+`"}`)), &out); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(out.Policy), &document); err != nil {
			t.Fatal(err)
		}
		return string(document.Statement[0].Principal), out.RevisionId
	}
	const invalid = "ValidationException: One or more parameter values were invalid: Invalid principal in policy document."
	put(`{"AWS":["`+jane.ARN+`","arn:aws:iam::123456789012:user/nobody"]}`, invalid)
	put(`{"AWS":"AIDAQAAAAAAAAANOBODY"}`, invalid)
	put(`{"AWS":["`+jane.ARN+`","`+jane.ID+`"]}`, "")
	shown, first := revision()
	if shown != `{"AWS":"`+jane.ARN+`"}` {
		t.Error(shown)
	}
	put(`{"AWS":"`+jane.ARN+`"}`, "")
	if _, again := revision(); again != first {
		t.Errorf("revision %s after %s", again, first)
	}
	d.want(jane, "GetItem", getJane, "")
	made := jane
	made.ID = "AIDAQAAAAAAAAAAGAIN"
	known[jane.ARN] = made.ID
	d.want(made, "GetItem", getJane, noIBP+"GetItem action")
	if shown, _ = revision(); shown != `{"AWS":"`+jane.ID+`"}` {
		t.Error(shown)
	}
	put(`{"AWS":"`+jane.ARN+`"}`, "")
	d.want(made, "GetItem", getJane, "")
	if _, again := revision(); again <= first {
		t.Errorf("revision %s after %s", again, first)
	}
	// Accounts, sessions and services are kept as they are written, known or not.
	put(`{"AWS":["arn:aws:iam::999999999999:root","arn:aws:sts::999999999999:assumed-role/r/s"],"Service":"redshift.amazonaws.com"}`, "")
	if shown, _ = revision(); shown != `{"AWS":["arn:aws:iam::999999999999:root","arn:aws:sts::999999999999:assumed-role/r/s"],"Service":"redshift.amazonaws.com"}` {
		t.Error(shown)
	}
}

// A table without a policy in force, or with one that can't be read, which denies.
func TestPolicyComesWithTheTable(t *testing.T) {
	jane := user(owner, "Jane", "")
	d := newDoor(t, entities{jane.ARN: jane.ID})
	const document = `"ResourcePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"` +
		`arn:aws:iam::123456789012:user/NAME\"},\"Action\":\"dynamodb:GetItem\",\"Resource\":\"*\"}]}"`
	create := func(name, actions, why string) {
		t.Helper()
		who := user(owner, "maker", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[`+actions+`],"Resource":"*"}]}`)
		d.want(who, "CreateTable", `{"TableName":"MusicCollection","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"}],
			"KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],"Tags":[{"Key":"k","Value":"v"}],`+strings.Replace(document, "NAME", name, 1)+`}`, why)
	}
	create("Jane", `"dynamodb:CreateTable","dynamodb:TagResource"`, noIBP+"PutResourcePolicy action")
	create("Jane", `"dynamodb:CreateTable","dynamodb:PutResourcePolicy"`, noIBP+"TagResource action")
	create("Joe", `"dynamodb:*"`, "Invalid principal in policy document.")
	create("Jane", `"dynamodb:*"`, "")
	d.want(jane, "GetItem", getJane, "")
	d.must(admin, "DeleteResourcePolicy", `{"ResourceArn":"`+music+`"}`)
	d.want(jane, "GetItem", getJane, noIBP+"GetItem action")
	a := newAccess(&table.Descriptor{Name: "t", Settings: table.Settings{Policy: &table.ResourcePolicy{Document: "?"}}}).(*access)
	decision := policy.Decide(&policy.Request{Need: policy.Need{Action: "dynamodb:GetItem", Resource: a.arn}}, &policy.Policies{Resource: a.policy})
	if !decision.Denied {
		t.Errorf("decided %+v by a policy that can't be read", decision)
	}
}
