package stator_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

const (
	musicARN     = "arn:aws:dynamodb:eu-west-1:111122223333:table/Music"
	explicitDeny = " with an explicit deny in an identity-based policy"
	allPartiQL   = `"Action":["dynamodb:PartiQLInsert","dynamodb:PartiQLUpdate","dynamodb:PartiQLDelete","dynamodb:PartiQLSelect"],"Resource":["` + musicARN + `"]`
	inside       = `"Condition":{"StringEquals":{"dynamodb:EnclosingOperation":["ExecuteTransaction"]}}`
)

// newMusic is ann's server with a table Music, which has an index and two songs.
func newMusic(t *testing.T) *ann {
	a := newAnn(t)
	_, err := a.admin.CreateTable(t.Context(), &dynamodb.CreateTableInput{TableName: aws.String("Music"), BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("Artist"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("SongTitle"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String("Artist"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("SongTitle"), KeyType: types.KeyTypeRange}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String("index1"),
			KeySchema:  []types.KeySchemaElement{{AttributeName: aws.String("SongTitle"), KeyType: types.KeyTypeHash}},
			Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}}})
	a.ok(err)
	for _, song := range []string{"Call Me Today", "PartiQL Rocks"} {
		_, err := a.admin.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{
			Statement: aws.String(`INSERT INTO Music VALUE {'Artist':'ann','SongTitle':'` + song + `','Awards':1,'Secret':2}`)})
		a.ok(err)
	}
	return a
}

// execute runs a statement as ann, who is refused for the reason, or not if there is none.
func (a *ann) execute(statement, reason string) {
	a.Helper()
	_, err := a.user.ExecuteStatement(a.Context(), &dynamodb.ExecuteStatementInput{Statement: &statement})
	a.checkStatement(err, statement, reason)
}

func (a *ann) transact(statement, reason string) {
	a.Helper()
	_, err := a.user.ExecuteTransaction(a.Context(), &dynamodb.ExecuteTransactionInput{
		TransactStatements: []types.ParameterizedStatement{{Statement: &statement}}})
	a.checkStatement(err, statement, reason)
}

func (a *ann) checkStatement(err error, statement, reason string) {
	a.Helper()
	word, _, _ := strings.Cut(statement, " ")
	action := map[string]string{"SELECT": "Select", "INSERT": "Insert", "UPDATE": "Update", "DELETE": "Delete"}[word]
	if strings.HasPrefix(word, "EXISTS") {
		action = "Select"
	}
	a.refused(err, "dynamodb:PartiQL"+action, reason)
}

const (
	selectOne = `SELECT * FROM Music WHERE Artist = 'ann' AND SongTitle = 'PartiQL Rocks'`
	insertOne = `INSERT INTO Music VALUE {'Artist':'ann','SongTitle':'new'}`
	updateOne = `UPDATE Music SET Awards = 5 WHERE Artist = 'ann' AND SongTitle = 'new'`
	deleteOne = `DELETE FROM Music WHERE Artist = 'ann' AND SongTitle = 'new'`
)

// The examples of the developer guide, "IAM security policies with PartiQL for DynamoDB".
func TestGuidePoliciesForStatements(t *testing.T) {
	t.Run("none", func(t *testing.T) {
		a := newMusic(t)
		a.may("items", `{"Effect":"Allow","Action":["dynamodb:*Item","dynamodb:Query","dynamodb:Scan"],"Resource":"*"}`)
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne} {
			a.execute(s, noIdentity)
			a.transact(s, noIdentity)
		}
	})
	t.Run("all statements on a table", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Allow",`+allPartiQL+`}`)
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne} {
			a.execute(s, "")
		}
		a.execute(`SELECT * FROM "Music"."index1" WHERE SongTitle = 'PartiQL Rocks'`, noIdentity)
	})
	t.Run("select statements on a table", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Allow","Action":["dynamodb:PartiQLSelect"],"Resource":["`+musicARN+`"]}`)
		a.execute(selectOne, "")
		a.execute(insertOne, noIdentity)
	})
	t.Run("insert statements on an index", func(t *testing.T) { // there are none
		a := newMusic(t)
		a.may("guide", `{"Effect":"Allow","Action":["dynamodb:PartiQLInsert"],"Resource":["`+musicARN+`/index/index1"]}`)
		a.execute(insertOne, noIdentity)
		_, err := a.user.ExecuteStatement(t.Context(), &dynamodb.ExecuteStatementInput{
			Statement: aws.String(`INSERT INTO "Music"."index1" VALUE {'Artist':'ann','SongTitle':'new'}`)})
		if err == nil || !strings.Contains(err.Error(), "ValidationException") {
			t.Errorf("an insert into an index: %v", err)
		}
	})
	t.Run("an index", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Allow","Action":["dynamodb:PartiQLSelect"],"Resource":["`+musicARN+`/index/index1"]}`)
		a.execute(`SELECT * FROM "Music"."index1" WHERE SongTitle = 'PartiQL Rocks'`, "")
		a.execute(selectOne, noIdentity)
	})
	t.Run("transactional statements only", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Allow",`+allPartiQL+`,`+inside+`}`)
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne,
			`EXISTS(SELECT * FROM Music WHERE Artist = 'ann' AND SongTitle = 'PartiQL Rocks' AND Awards = 1)`} {
			a.transact(s, "")
		}
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne} {
			a.execute(s, noIdentity)
		}
	})
	t.Run("no transactional statements", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Deny",`+allPartiQL+`,`+inside+`},{"Effect":"Allow",`+allPartiQL+`}`)
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne} {
			a.execute(s, "")
			a.transact(s, explicitDeny)
		}
	})
	t.Run("no full table scans", func(t *testing.T) {
		a := newMusic(t)
		a.may("guide", `{"Effect":"Deny","Action":["dynamodb:PartiQLSelect"],"Resource":["`+musicARN+`"],"Condition":{"Bool":{"dynamodb:FullTableScan":["true"]}}},`+
			`{"Effect":"Allow","Action":["dynamodb:PartiQLSelect"],"Resource":["`+musicARN+`"]}`)
		a.execute(selectOne, "")
		a.execute(`SELECT * FROM Music WHERE Artist = 'ann'`, "")
		a.execute(`SELECT * FROM Music WHERE Artist IN ['ann', 'bob'] ORDER BY Artist`, "")
		a.transact(selectOne, "")
		for _, s := range []string{`SELECT * FROM Music`, `SELECT * FROM Music WHERE Artist > 'a'`, `SELECT * FROM Music WHERE SongTitle = 'x'`,
			`SELECT * FROM Music WHERE Artist = 'ann' OR SongTitle = 'x'`, `SELECT * FROM Music WHERE NOT Artist = 'ann'`} {
			a.execute(s, explicitDeny)
		}
	})
}

// batch runs statements as ann; why a statement is refused is in its own answer: AccessDenied, or "" if it is done.
func (a *ann) batch(want map[string]string, statements ...string) []types.BatchStatementResponse {
	a.Helper()
	in := &dynamodb.BatchExecuteStatementInput{ReturnConsumedCapacity: types.ReturnConsumedCapacityTotal}
	for _, s := range statements {
		in.Statements = append(in.Statements, types.BatchStatementRequest{Statement: aws.String(s)})
	}
	out, err := a.user.BatchExecuteStatement(a.Context(), in)
	a.ok(err)
	done := 0.0
	for i, r := range out.Responses {
		reason := want[statements[i]]
		switch {
		case reason == "":
			if r.Error != nil || aws.ToString(r.TableName) != "Music" {
				a.Errorf("%s: %+v of %s", statements[i], r.Error, aws.ToString(r.TableName))
			}
			done++
		case r.Error == nil || r.Error.Code != types.BatchStatementErrorCodeEnumAccessDenied || r.TableName != nil || r.Item != nil:
			a.Errorf("%s: %+v", statements[i], r)
		default:
			if m := aws.ToString(r.Error.Message); !strings.HasPrefix(m, "User: arn:aws:iam::111122223333:user/ann is not authorized to perform: ") || !strings.HasSuffix(m, reason) {
				a.Errorf("%s: %s", statements[i], m)
			}
		}
	}
	if (len(out.ConsumedCapacity) == 0) != (done == 0) {
		a.Errorf("%v statements done, capacity %+v", done, out.ConsumedCapacity)
	}
	return out.Responses
}

// A statement of a batch that is not allowed fails alone, and does nothing.
func TestForbiddenStatementsOfBatches(t *testing.T) {
	a := newMusic(t)
	a.batch(map[string]string{selectOne: strings.ReplaceAll(noIdentity, "ACTION", "dynamodb:PartiQLSelect")}, selectOne)
	a.may("most", `{"Effect":"Allow",`+allPartiQL+`},{"Effect":"Deny","Action":"dynamodb:PartiQLUpdate","Resource":"*"},`+
		`{"Effect":"Deny","Action":"dynamodb:PartiQL*","Resource":"*","Condition":{"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":"bob"}}}`)
	noInsert := strings.ReplaceAll(noIdentity, "ACTION", "dynamodb:PartiQLInsert")
	const updateRocks, insertAbsent = `UPDATE Music SET Awards = 7 WHERE Artist = 'ann' AND SongTitle = 'PartiQL Rocks'`, `INSERT INTO Absent VALUE {'p':1}`
	const insertBob = `INSERT INTO Music VALUE {'Artist':'bob','SongTitle':'new'}`
	a.batch(map[string]string{updateRocks: explicitDeny, insertBob: explicitDeny, insertAbsent: noInsert}, updateRocks, insertOne, insertBob, insertAbsent)
	// A refused statement does not make an item be named twice.
	a.batch(map[string]string{updateOne: explicitDeny}, updateOne, deleteOne)
	a.batch(map[string]string{updateRocks: explicitDeny}, updateRocks)
	const selectBob = `SELECT * FROM Music WHERE Artist = 'bob' AND SongTitle = 'new'`
	read := a.batch(map[string]string{selectBob: explicitDeny}, selectBob, selectOne, `SELECT * FROM Music WHERE Artist = 'ann' AND SongTitle = 'new'`)
	if awards, ok := read[1].Item["Awards"].(*types.AttributeValueMemberN); !ok || awards.Value != "1" || read[2].Item != nil {
		t.Errorf("after the batches %+v", read)
	}
}

// Fine-grained access: what a statement is about is what a policy sees, however it is written.
func TestConditionKeysOfStatements(t *testing.T) {
	t.Run("leading keys", func(t *testing.T) {
		a := newMusic(t)
		a.may("own", `{"Effect":"Allow",`+allPartiQL+`,"Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${aws:username}"]},"Null":{"dynamodb:LeadingKeys":"false"}}}`)
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne, `SELECT * FROM Music WHERE (Secret = 1 OR Awards = 1) AND Artist IN ['ann']`} {
			a.execute(s, "")
		}
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne} {
			a.transact(s, "")
		}
		for _, s := range []string{selectOne, insertOne, updateOne, deleteOne, `SELECT * FROM Music WHERE Artist = 'ann' OR Artist = 'bob'`,
			`SELECT * FROM Music WHERE Artist = 'ann' OR Awards = 1`, `SELECT * FROM Music`} {
			if strings.Count(s, "ann") == 1 && !strings.Contains(s, " OR ") {
				s = strings.Replace(s, "'ann'", "'bob'", 1)
			}
			a.execute(s, noIdentity)
		}
		a.transact(strings.Replace(updateOne, "'ann'", "'bob'", 1), noIdentity)
	})
	t.Run("attributes", func(t *testing.T) {
		a := newMusic(t)
		a.may("some", `{"Effect":"Allow",`+allPartiQL+`,"Condition":{"ForAllValues:StringEquals":{"dynamodb:Attributes":["Artist","SongTitle","Awards"]},`+
			`"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES","dynamodb:ReturnValues":["NONE","UPDATED_OLD","UPDATED_NEW"]}}}`)
		a.execute(`SELECT Awards FROM Music WHERE Artist = 'ann'`, "")
		a.execute(insertOne, "")
		a.execute(updateOne+` RETURNING MODIFIED NEW *`, "")
		for _, s := range []string{selectOne, `SELECT Secret FROM Music WHERE Artist = 'ann'`, `SELECT Awards FROM Music WHERE Artist = 'ann' AND Secret = 2`,
			`SELECT Awards FROM Music WHERE Artist = 'ann' AND NOT (size(Secret) = 2)`, updateOne + ` RETURNING ALL NEW *`, updateOne + ` AND Secret = 2`,
			`UPDATE Music SET Secret = 1 WHERE Artist = 'ann' AND SongTitle = 'new'`, `UPDATE Music SET Awards = Secret WHERE Artist = 'ann' AND SongTitle = 'new'`,
			`UPDATE Music REMOVE Secret WHERE Artist = 'ann' AND SongTitle = 'new'`, `INSERT INTO Music VALUE {'Artist':'ann','SongTitle':'other','Secret':1}`,
			deleteOne + ` RETURNING ALL OLD *`, deleteOne + ` AND Secret IS MISSING`} {
			a.execute(s, noIdentity)
		}
		a.execute(deleteOne, "")
	})
}
