package dynamodb

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/statordb/stator/internal/awsapi"
	"github.com/statordb/stator/internal/itemfile"
	"github.com/statordb/stator/internal/objects"
	"github.com/statordb/stator/internal/transfer"
)

var (
	exportFormatValues = []string{"DYNAMODB_JSON", "ION"}
	exportTypeValues   = []string{"FULL_EXPORT", "INCREMENTAL_EXPORT"}
	exportViewValues   = []string{"NEW_IMAGE", "NEW_AND_OLD_IMAGES"}
	s3SSEValues        = []string{"AES256", "KMS"}
)

// How long the window of an incremental export may be (developer guide, "DynamoDB data export to Amazon S3: how it works").
const minWindow, maxWindow = 15 * time.Minute, 24 * time.Hour

var (
	errExportEncryption = awsapi.Validation("Encryption with keys of AWS KMS is not available on this server")
	errExportFilter     = awsapi.Validation("FilterSpecification is not available on this server")
)

// exportTableToPointInTime decodes ExportTableToPointInTime.
func (s *Service) exportTableToPointInTime(req *awsapi.Request) (awsapi.Call, error) {
	var in dynamodb.ExportTableToPointInTimeInput
	if err := awsapi.DecodeJSON(req.Body, &in); err != nil {
		return nil, err
	}
	if err := exportConstraints(&in); err != nil {
		return nil, err
	}
	r, err := parseResource(req, *in.TableArn, func(arn string) error { return refused("Invalid table ARN: %s", arn) })
	if err != nil {
		return nil, err
	}
	if r.stream != "" {
		return nil, refused("Invalid table ARN: %s", awsapi.Shown(r.arn))
	}
	e, err := newExport(req, &in)
	if err != nil {
		return nil, err
	}
	e.Scope, e.Table = r.scope, r.table
	given := in.ClientToken
	e.Token, in.ClientToken = clientToken(given), nil
	hash, err := requestHash(req, in)
	if err != nil {
		return nil, err
	}
	c := onTable(s, req, "dynamodb:ExportTableToPointInTime", r.arn, func(ctx context.Context) (*dynamodb.ExportTableToPointInTimeOutput, error) {
		if e.Owner != "" && e.Owner != req.Caller.Account {
			return nil, foreignBucket(req, "s3:PutObject", "arn:aws:s3:::"+e.Bucket.Name+"/"+e.Prefix)
		}
		begun, err := s.transfers.StartExport(ctx, *e, hash)
		if err != nil {
			return nil, transferError(err, "Export", e.Table, transfer.MaxExports)
		}
		return &dynamodb.ExportTableToPointInTimeOutput{ExportDescription: exportDescription(begun)}, nil
	})
	c.needs = append(c.needs, onObjects(e.Bucket.Name, e.Root(), nil, []string{"s3:PutObject", "s3:AbortMultipartUpload"})...)
	return c, nil
}

func exportConstraints(in *dynamodb.ExportTableToPointInTimeInput) error {
	var v violations
	v.required("tableArn", in.TableArn != nil)
	v.length("tableArn", optional(in.TableArn), 1, maxTransferARN)
	v.pattern("clientToken", optional(in.ClientToken), tokenPattern)
	v.bucket("", in.S3Bucket, in.S3BucketOwner, in.S3Prefix, "s3Prefix")
	v.enum("s3SseAlgorithm", enumText(in.S3SseAlgorithm), s3SSEValues)
	v.length("s3SseKmsKeyId", optional(in.S3SseKmsKeyId), 1, maxKeyID)
	v.enum("exportFormat", enumText(in.ExportFormat), exportFormatValues)
	v.enum("exportType", enumText(in.ExportType), exportTypeValues)
	if i := in.IncrementalExportSpecification; i != nil {
		v.enum("incrementalExportSpecification.exportViewType", enumText(i.ExportViewType), exportViewValues)
	}
	return v.err()
}

// newExport is the export that in asks for, of a table that is not looked at yet.
func newExport(req *awsapi.Request, in *dynamodb.ExportTableToPointInTimeInput) (*transfer.Export, error) {
	if in.S3SseAlgorithm == types.S3SseAlgorithmKms || in.S3SseKmsKeyId != nil {
		return nil, errExportEncryption
	}
	if in.FilterSpecification != nil {
		return nil, errExportFilter
	}
	e := &transfer.Export{
		Common: transfer.Common{
			Bucket: objects.Bucket{Account: req.Caller.Account, Name: *in.S3Bucket}, Prefix: aws.ToString(in.S3Prefix),
		},
		Owner:        aws.ToString(in.S3BucketOwner),
		OutputFormat: itemfile.JSON,
		SSEAlgorithm: string(types.S3SseAlgorithmAes256),
	}
	if in.ExportFormat != "" {
		e.OutputFormat = itemfile.Format(in.ExportFormat)
	}
	if in.ExportType != types.ExportTypeIncrementalExport {
		if in.IncrementalExportSpecification != nil {
			return nil, refused("IncrementalExportSpecification is for exports of type INCREMENTAL_EXPORT")
		}
		if in.ExportTime != nil {
			e.Time = *in.ExportTime
		}
		return e, nil
	}
	i := in.IncrementalExportSpecification
	switch {
	case in.ExportTime != nil:
		return nil, refused("ExportTime is for exports of type FULL_EXPORT")
	case i == nil || i.ExportFromTime == nil:
		return nil, refused("An export of type INCREMENTAL_EXPORT needs an IncrementalExportSpecification with ExportFromTime")
	}
	e.From, e.To, e.View = *i.ExportFromTime, req.Now.Truncate(time.Second), string(types.ExportViewTypeNewAndOldImages)
	if i.ExportToTime != nil {
		e.To = *i.ExportToTime
	}
	if i.ExportViewType != "" {
		e.View = string(i.ExportViewType)
	}
	switch window := e.To.Sub(e.From); {
	case e.To.After(req.Now):
		return nil, &awsapi.Error{Code: "InvalidExportTimeException", Status: 400, Message: "ExportToTime is in the future"}
	case window < minWindow:
		return nil, refused("The export period from ExportFromTime to ExportToTime must be at least 15 minutes")
	case window > maxWindow:
		return nil, refused("The export period from ExportFromTime to ExportToTime must be at most 24 hours")
	}
	return e, nil
}

// exportDescription describes an export.
func exportDescription(e *transfer.Export) *types.ExportDescription {
	d := &types.ExportDescription{
		ClientToken: aws.String(e.Token), ExportArn: aws.String(e.ARN()), ExportFormat: types.ExportFormat(e.OutputFormat),
		ExportStatus: types.ExportStatus(e.Status), ExportType: exportType(e), S3Bucket: aws.String(e.Bucket.Name),
		S3BucketOwner: optionalText(e.Owner), S3Prefix: optionalText(e.Prefix), S3SseAlgorithm: types.S3SseAlgorithm(e.SSEAlgorithm),
		StartTime: aws.Time(e.Started), EndTime: timeOrNil(e.Ended), TableArn: aws.String(arn(e.Scope, e.Table, "")), TableId: aws.String(e.TableID),
		FailureCode: optionalText(e.FailureCode), FailureMessage: optionalText(e.FailureMessage),
		BilledSizeBytes: aws.Int64(e.Size), ItemCount: aws.Int64(e.Items),
	}
	if e.Incremental() {
		d.IncrementalExportSpecification = &types.IncrementalExportSpecification{
			ExportFromTime: aws.Time(e.From), ExportToTime: aws.Time(e.To), ExportViewType: types.ExportViewType(e.View),
		}
	} else {
		d.ExportTime = aws.Time(e.Time)
	}
	if e.Status == transfer.Completed {
		d.ExportManifest = aws.String(e.Manifest())
	}
	return d
}

func exportType(e *transfer.Export) types.ExportType {
	if e.Incremental() {
		return types.ExportTypeIncrementalExport
	}
	return types.ExportTypeFullExport
}
