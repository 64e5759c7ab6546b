package dynamodb

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/transfer"
)

var (
	inputFormatValues      = []string{"ION", "DYNAMODB_JSON", "CSV"}
	inputCompressionValues = []string{"ZSTD", "GZIP", "NONE"}
	delimiterPattern       = awsapi.Regexp(`[,;:|\t ]`)
	headerPattern          = awsapi.Regexp(`[\x20-\x21\x23-\x2B\x2D-\x7E]*`)
)

const (
	maxHeaders = 255
	maxHeader  = 65536
)

// importTable decodes ImportTable.
func (s *Service) importTable(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ImportTableInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := importConstraints(&in); err != nil {
		return nil, err
	}
	p := in.TableCreationParameters
	if p.VectorIndexes != nil {
		return nil, awsapi.Validation("Vector indexes are not available on this server")
	}
	create := creationInput(p)
	d, err := newDescriptor(req, create)
	if err != nil {
		return nil, err
	}
	if in.InputFormatOptions != nil && in.InputFormatOptions.Csv != nil && in.InputFormat != types.InputFormatCsv {
		return nil, refused("InputFormatOptions for CSV are only for the InputFormat CSV")
	}
	parameters, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	i := transfer.Import{
		Common: transfer.Common{
			Scope: d.Scope, Table: d.Name, Token: clientToken(in.ClientToken),
			Bucket: objects.Bucket{Account: req.Caller.Account, Name: *in.S3BucketSource.S3Bucket}, Prefix: aws.ToString(in.S3BucketSource.S3KeyPrefix),
		},
		InputFormat: itemfile.Format(in.InputFormat), Compression: itemfile.None, Create: d, Parameters: parameters,
	}
	if in.InputCompressionType != "" {
		i.Compression = itemfile.Compression(in.InputCompressionType)
	}
	if o := in.InputFormatOptions; o != nil && o.Csv != nil {
		i.Delimiter, i.Header = aws.ToString(o.Csv.Delimiter), o.Csv.HeaderList
	}
	in.ClientToken = nil
	hash, err := requestHash(req, in)
	if err != nil {
		return nil, err
	}
	u := &subject{arn: arn(d.Scope, d.Name, "")} // there is no table yet that could have a policy or tags
	needs := append(onObjects(i.Bucket.Name, i.Prefix, []string{"s3:ListBucket"}, []string{"s3:GetObject"}), u.need("dynamodb:ImportTable", "", nil))
	return control[*dynamodb.ImportTableOutput]{
		needs: needs,
		run: func(ctx context.Context) (*dynamodb.ImportTableOutput, error) {
			if d.Scope.Account != req.Caller.Account {
				return nil, errOtherAccount
			}
			if o := in.S3BucketSource.S3BucketOwner; o != nil && *o != req.Caller.Account {
				return nil, foreignBucket(req, "s3:ListBucket", "arn:aws:s3:::"+i.Bucket.Name)
			}
			if err := s.quotas().table(create); err != nil {
				return nil, err
			}
			begun, err := s.transfers.StartImport(ctx, i, hash)
			if err != nil {
				return nil, transferError(err, "Import", d.Name, transfer.MaxImports)
			}
			out, err := importDescription(begun)
			return &dynamodb.ImportTableOutput{ImportTableDescription: out}, err
		},
	}, nil
}

// creationInput is the table that an import makes, as CreateTable would be asked for it.
func creationInput(p *types.TableCreationParameters) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName: p.TableName, AttributeDefinitions: p.AttributeDefinitions, KeySchema: p.KeySchema, BillingMode: p.BillingMode,
		GlobalSecondaryIndexes: p.GlobalSecondaryIndexes, OnDemandThroughput: p.OnDemandThroughput,
		ProvisionedThroughput: p.ProvisionedThroughput, SSESpecification: p.SSESpecification,
	}
}

func importConstraints(in *dynamodb.ImportTableInput) error {
	var v violations
	v.pattern("clientToken", optional(in.ClientToken), tokenPattern)
	v.required("s3BucketSource", in.S3BucketSource != nil)
	if b := in.S3BucketSource; b != nil {
		v.bucket("s3BucketSource.", b.S3Bucket, b.S3BucketOwner, b.S3KeyPrefix, "s3KeyPrefix")
	}
	v.required("inputFormat", in.InputFormat != "")
	v.enum("inputFormat", enumText(in.InputFormat), inputFormatValues)
	if o := in.InputFormatOptions; o != nil && o.Csv != nil {
		const at = "inputFormatOptions.csv."
		v.pattern(at+"delimiter", optional(o.Csv.Delimiter), delimiterPattern)
		if h := o.Csv.HeaderList; h != nil {
			v.count(at+"headerList", len(h), 1, maxHeaders, func() string { return joinNames(h) })
			for _, name := range h {
				v.length(at+"headerList", optional(&name), 1, maxHeader)
				v.pattern(at+"headerList", optional(&name), headerPattern)
			}
		}
	}
	v.enum("inputCompressionType", enumText(in.InputCompressionType), inputCompressionValues)
	v.required("tableCreationParameters", in.TableCreationParameters != nil)
	if p := in.TableCreationParameters; p != nil {
		v.newTable("tableCreationParameters.", creationInput(p))
	}
	return v.err()
}

// importDescription describes an import. It names no log group: what is wrong with items is in the server's log.
func importDescription(i *transfer.Import) (*types.ImportTableDescription, error) {
	var parameters types.TableCreationParameters
	if err := json.Unmarshal(i.Parameters, &parameters); err != nil {
		return nil, err
	}
	d := &types.ImportTableDescription{
		ClientToken: aws.String(i.Token), ImportArn: aws.String(importARN(i)), ImportStatus: types.ImportStatus(i.Status),
		InputFormat: types.InputFormat(i.InputFormat), InputCompressionType: types.InputCompressionType(i.Compression),
		S3BucketSource: bucketSource(i), StartTime: aws.Time(i.Started), EndTime: timeOrNil(i.Ended),
		TableArn: aws.String(arn(i.Scope, i.Table, "")), TableId: aws.String(i.TableID), TableCreationParameters: &parameters,
		ProcessedItemCount: i.Processed, ImportedItemCount: i.Imported, ErrorCount: i.Errors, ProcessedSizeBytes: aws.Int64(i.Size),
		FailureCode: optionalText(i.FailureCode), FailureMessage: optionalText(i.FailureMessage),
	}
	if i.Delimiter != "" || i.Header != nil {
		d.InputFormatOptions = &types.InputFormatOptions{Csv: &types.CsvOptions{Delimiter: optionalText(i.Delimiter), HeaderList: i.Header}}
	}
	return d, nil
}

func importARN(i *transfer.Import) string { return transferARN(i.Scope, i.Table, "import", i.ID) }

func bucketSource(i *transfer.Import) *types.S3BucketSource {
	return &types.S3BucketSource{S3Bucket: aws.String(i.Bucket.Name), S3BucketOwner: aws.String(i.Bucket.Account), S3KeyPrefix: optionalText(i.Prefix)}
}
