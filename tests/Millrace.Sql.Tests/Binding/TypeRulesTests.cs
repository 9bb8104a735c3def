using Millrace.Sql.Binding;

namespace Millrace.Sql.Tests.Binding;

public class TypeRulesTests
{
    [Theory]
    [InlineData("tinyint", "smallint", "smallint")]
    [InlineData("integer", "bigint", "bigint")]
    [InlineData("utinyint", "tinyint", "smallint")]
    [InlineData("usmallint", "smallint", "integer")]
    [InlineData("uinteger", "integer", "bigint")]
    [InlineData("ubigint", "bigint", "decimal(20,0)")]
    [InlineData("uinteger", "uinteger", "uinteger")]
    [InlineData("integer", "decimal(5,2)", "decimal(12,2)")]
    [InlineData("bigint", "decimal(5,2)", "decimal(21,2)")]
    [InlineData("decimal(10,2)", "decimal(5,4)", "decimal(12,4)")]
    [InlineData("decimal(38,0)", "decimal(38,10)", "decimal(38,0)")]
    [InlineData("decimal(10,2)", "real", "real")]
    [InlineData("decimal(10,2)", "double", "double")]
    [InlineData("real", "integer", "real")]
    [InlineData("date", "timestamp", "timestamp")]
    [InlineData("timestamp", "timestamptz", "timestamptz")]
    [InlineData("timestamp(3)", "timestamp(9)", "timestamp(9)")]
    [InlineData("dictionary<varchar>", "varchar", "varchar")]
    [InlineData("array<integer>", "array<bigint>", "array<bigint>")]
    [InlineData("map<varchar, integer>", "map<varchar, double>", "map<varchar, double>")]
    [InlineData("struct<a integer>", "struct<b bigint>", "struct<a bigint>")]
    public void Two_types_have_the_common_type_that_holds_the_values_of_both(string left, string right, string common)
    {
        Assert.Equal(DataType.Parse(common), TypeRules.Common(DataType.Parse(left), DataType.Parse(right)));
        if (!common.StartsWith("struct", StringComparison.Ordinal))
        {
            Assert.Equal(DataType.Parse(common), TypeRules.Common(DataType.Parse(right), DataType.Parse(left)));
        }
    }

    [Theory]
    [InlineData("integer", "varchar")]
    [InlineData("boolean", "integer")]
    [InlineData("date", "integer")]
    [InlineData("interval", "timestamp")]
    [InlineData("json", "varchar")]
    [InlineData("array<integer>", "integer")]
    [InlineData("array<integer>", "array<varchar>")]
    [InlineData("struct<a integer>", "struct<a integer, b integer>")]
    public void Unlike_types_have_nothing_in_common(string left, string right)
    {
        Assert.Null(TypeRules.Common(DataType.Parse(left), DataType.Parse(right)));
        Assert.Null(TypeRules.Common(DataType.Parse(right), DataType.Parse(left)));
    }

    [Theory]
    [InlineData("integer", "bigint", true)]
    [InlineData("bigint", "integer", false)]
    [InlineData("bigint", "double", true)]
    [InlineData("double", "real", false)]
    [InlineData("double", "decimal(38,10)", false)]
    [InlineData("integer", "decimal(9,0)", false)]
    [InlineData("integer", "decimal(10,0)", true)]
    [InlineData("decimal(5,2)", "decimal(6,3)", true)]
    [InlineData("decimal(5,2)", "decimal(5,3)", false)]
    [InlineData("smallint", "usmallint", false)]
    [InlineData("timestamp(9)", "timestamp", false)]
    [InlineData("timestamptz", "timestamp", false)]
    [InlineData("timestamp", "date", false)]
    [InlineData("varchar", "integer", false)]
    [InlineData("integer", "varchar", false)]
    public void Values_become_a_type_by_themselves_only_where_nothing_is_lost(string from, string to, bool expected)
        => Assert.Equal(expected, TypeRules.IsImplicit(DataType.Parse(from), DataType.Parse(to)));

    [Fact]
    public void Every_type_becomes_the_common_type_by_itself()
    {
        DataType[] types = [.. "tinyint smallint integer bigint utinyint usmallint uinteger ubigint real double decimal(10,2) decimal(20,8) date timestamp timestamp(3) timestamptz time varchar boolean json uuid bytes interval array<integer> array<double>".Split(' ').Select(DataType.Parse)];
        foreach (DataType left in types)
        {
            foreach (DataType right in types)
            {
                if (TypeRules.Common(left, right) is { } common)
                {
                    Assert.True(TypeRules.IsImplicit(left, common), $"{left} and {right} become {common}");
                    Assert.True(TypeRules.IsImplicit(right, common), $"{right} and {left} become {common}");
                }
            }
        }
    }
}
