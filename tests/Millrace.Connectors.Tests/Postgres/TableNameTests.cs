using Millrace.Connectors.Postgres;

namespace Millrace.Connectors.Tests.Postgres;

public class TableNameTests
{
    [Theory]
    [InlineData("orders", "public", "orders")]
    [InlineData("Sales.Orders", "Sales", "Orders")]
    [InlineData("\"a.b\".\"c\"\"d\"", "a.b", "c\"d")]
    [InlineData("`a.b`.`c``d`", "a.b", "c`d")]
    [InlineData("b`t", "public", "b`t")]
    [InlineData("\"`b`\"", "public", "`b`")]
    [InlineData("`b", "public", "`b")]
    public void Names_are_read_with_and_without_quotes(string text, string schema, string name)
    {
        TableName table = TableName.Parse(text);
        Assert.Equal(new TableName(schema, name), table);
        Assert.Equal(table, TableName.Parse(table.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a.b.c")]
    [InlineData("\"a")]
    [InlineData("a.")]
    public void What_is_no_name_is_refused(string text)
        => Assert.Equal(PostgresErrors.UnknownTable, Assert.Throws<MillraceException>(() => TableName.Parse(text)).Code);
}
