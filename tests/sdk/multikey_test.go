package sdk

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// composite is a key schema of several attributes of each role.
func composite(hash, sort []string) (s []types.KeySchemaElement) {
	for _, a := range hash {
		s = append(s, types.KeySchemaElement{AttributeName: aws.String(a), KeyType: types.KeyTypeHash})
	}
	for _, a := range sort {
		s = append(s, types.KeySchemaElement{AttributeName: aws.String(a), KeyType: types.KeyTypeRange})
	}
	return s
}

// TestMultiAttributeKeys has the tournament of the guide's "Multi-attribute keys pattern".
func TestMultiAttributeKeys(t *testing.T) {
	t.Parallel()
	c, table := client(t), own(t, "TournamentMatches")
	create(t, c, table, func(in *dynamodb.CreateTableInput) {
		in.AttributeDefinitions = append(in.AttributeDefinitions, definitions("tournamentId:S", "region:S", "round:S", "bracket:S", "player1Id:S", "matchDate:S")...)
		in.GlobalSecondaryIndexes = []types.GlobalSecondaryIndex{
			{
				IndexName:  aws.String("TournamentRegionIndex"),
				KeySchema:  composite([]string{"tournamentId", "region"}, []string{"round", "bracket", "matchId"}),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			},
			{
				IndexName:  aws.String("PlayerMatchHistoryIndex"),
				KeySchema:  composite([]string{"player1Id"}, []string{"matchDate", "round"}),
				Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			},
		}
	}, "matchId:S")
	match := func(id, region, round, bracket, player, date string) string {
		return `{"matchId":"` + id + `","tournamentId":"WINTER2024","region":"` + region + `","round":"` + round +
			`","bracket":"` + bracket + `","player1Id":"` + player + `","matchDate":"` + date + `"}`
	}
	matches := []string{
		match("match-001", "NA-EAST", "FINALS", "CHAMPIONSHIP", "101", "2024-01-20"),
		match("match-002", "NA-EAST", "SEMIFINALS", "UPPER", "101", "2024-01-18"),
		match("match-003", "NA-EAST", "SEMIFINALS", "UPPER", "102", "2024-01-18"),
		match("match-004", "NA-EAST", "SEMIFINALS", "LOWER", "103", "2024-01-18"),
		match("match-005", "NA-EAST", "QUARTERFINALS", "UPPER", "101", "2024-01-15"),
		match("match-006", "NA-WEST", "FINALS", "CHAMPIONSHIP", "201", "2024-01-20"),
		match("match-007", "NA-WEST", "SEMIFINALS", "UPPER", "201", "2024-01-18"),
	}
	load(t, c, map[string][]string{*table: matches})
	// Without one of the key attributes an item is not in the index.
	put(t, c, table, `{"matchId":"match-008","tournamentId":"WINTER2024","region":"NA-EAST","round":"FINALS","player1Id":"101","matchDate":"2024-01-21"}`)

	query := func(index, condition, values string) (*dynamodb.QueryOutput, error) {
		return c.Query(t.Context(), &dynamodb.QueryInput{
			TableName: table, IndexName: aws.String(index), KeyConditionExpression: aws.String(condition),
			ExpressionAttributeNames: namesIn(condition, map[string]string{"#region": "region"}), ExpressionAttributeValues: item(values),
		})
	}
	const both = "tournamentId = :t AND #region = :r"
	const east = `":t":"WINTER2024",":r":"NA-EAST"`
	eventually(t, "the indexes have all matches", func(context.Context) bool {
		out, err := query("TournamentRegionIndex", both, `{`+east+`}`)
		if err != nil {
			t.Fatal(err)
		}
		return out.Count == 5
	})
	for _, tt := range []struct {
		index, condition, values string
		want                     []string
	}{
		{"TournamentRegionIndex", both, `{` + east + `}`, []string{matches[0], matches[4], matches[3], matches[1], matches[2]}},
		{"TournamentRegionIndex", both + " AND round = :round", `{` + east + `,":round":"SEMIFINALS"}`, []string{matches[3], matches[1], matches[2]}},
		{
			"TournamentRegionIndex", both + " AND round = :round AND bracket = :b", `{` + east + `,":round":"SEMIFINALS",":b":"UPPER"}`,
			[]string{matches[1], matches[2]},
		},
		{
			"TournamentRegionIndex", both + " AND round = :round AND bracket = :b AND matchId = :m",
			`{` + east + `,":round":"SEMIFINALS",":b":"UPPER",":m":"match-003"}`, []string{matches[2]},
		},
		{
			"TournamentRegionIndex", both + " AND round >= :round", `{` + east + `,":round":"QUARTERFINALS"}`,
			[]string{matches[4], matches[3], matches[1], matches[2]},
		},
		{
			"TournamentRegionIndex", both + " AND round = :round AND begins_with(bracket, :b)", `{` + east + `,":round":"SEMIFINALS",":b":"U"}`,
			[]string{matches[1], matches[2]},
		},
		{
			"TournamentRegionIndex", both + " AND round = :round AND bracket BETWEEN :a AND :b",
			`{` + east + `,":round":"SEMIFINALS",":a":"LOWER",":b":"MIDDLE"}`, []string{matches[3]},
		},
		{"TournamentRegionIndex", both + " AND round = :round", `{` + east + `,":round":"SEMI"}`, nil},
		{
			"PlayerMatchHistoryIndex", "player1Id = :p AND matchDate BETWEEN :a AND :b", `{":p":"101",":a":"2024-01-16",":b":"2024-01-20"}`,
			[]string{matches[1], matches[0]},
		},
	} {
		out, err := query(tt.index, tt.condition, tt.values)
		if err != nil {
			t.Errorf("%s: %v", tt.condition, err)
			continue
		}
		sameItems(t, tt.condition, out.Items, tt.want...)
	}

	// All attributes of the partition key, and those of the sort key from the left, a range only on the last.
	for _, tt := range []struct{ condition, values string }{
		{"tournamentId = :t", `{":t":"WINTER2024"}`},
		{"#region = :r", `{":r":"NA-EAST"}`},
		{"tournamentId = :t AND #region > :r", `{` + east + `}`},
		{both + " AND bracket = :b", `{` + east + `,":b":"UPPER"}`},
		{both + " AND round = :round AND matchId = :m", `{` + east + `,":round":"FINALS",":m":"match-001"}`},
		{both + " AND round > :round AND bracket = :b", `{` + east + `,":round":"A",":b":"UPPER"}`},
		{both + " AND begins_with(round, :round) AND bracket = :b", `{` + east + `,":round":"A",":b":"UPPER"}`},
	} {
		_, err := query("TournamentRegionIndex", tt.condition, tt.values)
		if code(err) != "ValidationException" {
			t.Errorf("%s: %v, want a ValidationException", tt.condition, err)
		}
	}

	// Page by page, with a key that has every attribute of the index and of the table.
	var got []Item
	for p := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{
		TableName: table, IndexName: aws.String("TournamentRegionIndex"), Limit: aws.Int32(2), KeyConditionExpression: aws.String(both),
		ExpressionAttributeNames: map[string]string{"#region": "region"}, ExpressionAttributeValues: item(`{` + east + `}`),
	}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			same(t, "last key", page.LastEvaluatedKey,
				`{"matchId":"match-005","tournamentId":"WINTER2024","region":"NA-EAST","round":"QUARTERFINALS","bracket":"UPPER"}`)
		}
		got = append(got, page.Items...)
	}
	sameItems(t, "page by page", got, matches[0], matches[4], matches[3], matches[1], matches[2])

	d, err := c.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: table})
	if err != nil {
		t.Fatal(err)
	}
	for _, index := range d.Table.GlobalSecondaryIndexes {
		if want := map[string]int{"TournamentRegionIndex": 5, "PlayerMatchHistoryIndex": 3}[*index.IndexName]; len(index.KeySchema) != want {
			t.Errorf("%s has %d key attributes, want %d", *index.IndexName, len(index.KeySchema), want)
		}
	}
	five := []string{"a", "b", "c", "d", "e"}
	_, err = c.UpdateTable(t.Context(), &dynamodb.UpdateTableInput{
		TableName: table, AttributeDefinitions: definitions("a:S", "b:S", "c:S", "d:S", "e:S"),
		GlobalSecondaryIndexUpdates: []types.GlobalSecondaryIndexUpdate{{Create: &types.CreateGlobalSecondaryIndexAction{
			IndexName: aws.String("TooManyIndex"), KeySchema: composite(five, nil), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
		}}},
	})
	if code(err) != "ValidationException" {
		t.Errorf("five partition key attributes: %v, want a ValidationException", err)
	}
}
