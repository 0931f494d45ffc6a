package dynamo

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TimeToLive is the attribute that Time to Live is to be switched on for.
const TimeToLive = "purgeAfter"

const (
	pendingIndex = "pending"
	isPending    = "1"
)

// The attributes of an item.
const (
	attrID          = "id"
	attrRevision    = "revision"
	attrState       = "state"
	attrCreatedAt   = "createdAt"
	attrExpiresAt   = "expiresAt"
	attrPurgeAt     = "purgeAt"
	attrPurgeAfter  = TimeToLive
	attrDeliveredAt = "deliveredAt"
	attrExecution   = "execution"
	attrRequest     = "request"
	attrProgress    = "progress"
	attrWrite       = "write"
	attrPending     = "pending"
)

// Table returns what CreateTable needs for a table of that name. Time to Live is switched on by a call of its own.
func Table(name string) *dynamodb.CreateTableInput {
	return &dynamodb.CreateTableInput{
		TableName:   aws.String(name),
		BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(attrID), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(attrPending), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(attrCreatedAt), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema: []types.KeySchemaElement{{AttributeName: aws.String(attrID), KeyType: types.KeyTypeHash}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
			IndexName: aws.String(pendingIndex),
			KeySchema: []types.KeySchemaElement{
				{AttributeName: aws.String(attrPending), KeyType: types.KeyTypeHash},
				{AttributeName: aws.String(attrCreatedAt), KeyType: types.KeyTypeRange},
			},
			Projection: &types.Projection{
				ProjectionType:   types.ProjectionTypeInclude,
				NonKeyAttributes: []string{attrExpiresAt, attrPurgeAt, attrDeliveredAt, attrExecution},
			},
		}},
	}
}
