namespace Millrace.Connectors.Tests.MySql;

/// <summary>A table that a run creates gets the comments and tags of its columns.</summary>
[Trait("speed", "slow")]
public sealed class MySqlCommentTests
{
    [Fact]
    public async Task Comments_and_classifications_stand_in_the_catalog()
    {
        var table = new WrittenTable();
        var schema = new Schema(
            new Field("id", DataType.Int64),
            new Field("name", DataType.Utf8).WithMetadata(FieldMetadata.Comment, "It's a name").WithMetadata(DataTags.Classification, "pii"),
            new Field("other", DataType.Utf8).WithMetadata(DataTags.Classification, "internal"));

        await table.WriteAsync(new SinkRequest { Schema = schema, RunId = "" }, ["1|a|b"]);

        Assert.Equal("-\nIt's a name (classification: pii)\nclassification: internal", table.Sql("SELECT CASE column_comment WHEN '' THEN '-' ELSE column_comment END FROM information_schema.columns WHERE table_schema = database() AND table_name = 't' ORDER BY ordinal_position"));
    }
}
