using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Schemas and Data Types")]
public sealed class TypeMappingTests
{
    [Theory]
    [InlineData("boolean", "boolean")]
    [InlineData("tinyint", "int")]
    [InlineData("usmallint", "int")]
    [InlineData("integer", "int")]
    [InlineData("uinteger", "long")]
    [InlineData("bigint", "long")]
    [InlineData("ubigint", "decimal(20, 0)")]
    [InlineData("real", "float")]
    [InlineData("double", "double")]
    [InlineData("decimal(38,10)", "decimal(38, 10)")]
    [InlineData("varchar", "string")]
    [InlineData("json", "string")]
    [InlineData("bytes", "binary")]
    [InlineData("fixed(7)", "fixed[7]")]
    [InlineData("uuid", "uuid")]
    [InlineData("date", "date")]
    [InlineData("time(3)", "time")]
    [InlineData("timestamp(0)", "timestamp")]
    [InlineData("timestamptz", "timestamptz")]
    [InlineData("dictionary<varchar>", "string")]
    public void A_column_gets_the_type_that_holds_all_its_values(string column, string expected)
        => Assert.Equal(expected, TypeMapping.ToTableType(new Field("c", DataType.Parse(column)), 2).ToString());

    [Theory]
    [InlineData("timestamp(9)")]
    [InlineData("time(9)")]
    [InlineData("interval")]
    [InlineData("array<interval>")]
    [InlineData("struct<a timestamptz(9)>")]
    public void What_would_lose_something_is_refused(string column)
        => Assert.Equal("MR3405", Assert.Throws<MillraceException>(() => TypeMapping.ToTableType(new Field("c", DataType.Parse(column)), 2)).Code.Id);

    [Fact]
    public void Ids_count_level_by_level_and_come_back_with_the_columns()
    {
        var columns = new Schema(
            new Field("id", DataType.Int64, nullable: false),
            new Field("place", DataType.Parse("struct<city varchar, at struct<lat double not null, lon double not null>>")),
            new Field("tags", DataType.Parse("map<varchar, array<integer>>")));
        TableSchema table = TypeMapping.ToTable(columns, 2);

        Assert.Equal(
            ["1 id", "2 place", "3 tags", "4 place.city", "5 place.at", "6 place.at.lat", "7 place.at.lon", "8 tags.key", "9 tags.value", "10 tags.value.element"],
            table.Ids.Order().Select(i => $"{i} {table.PathOf(i)}"));
        Schema back = TypeMapping.ToColumns(table);
        Assert.Equal(columns, back);
        Assert.Equal("3", back[2].Metadata[FieldMetadata.FieldId]);
        Assert.Equal("8", back[2].Type.Children[0].Metadata[FieldMetadata.FieldId]);
        Assert.Equal("10", back[2].Type.Children[1].Type.Element.Metadata[FieldMetadata.FieldId]);
    }
}
