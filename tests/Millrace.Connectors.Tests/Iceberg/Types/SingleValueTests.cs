using Millrace.Connectors.Iceberg;

namespace Millrace.Connectors.Tests.Iceberg;

[Specification("Appendix D: Single-value serialization")]
public sealed class SingleValueTests
{
    /// <summary>Type, value as JSON text, and bytes after the tables of appendix D, worked out apart.</summary>
    public static TheoryData<string, string, string> Values => new()
    {
        { "boolean", "true", "01" },
        { "boolean", "false", "00" },
        { "int", "34", "22000000" },
        { "int", "-2", "feffffff" },
        { "long", "34", "2200000000000000" },
        { "float", "1.5", "0000c03f" },
        { "double", "-2.5", "00000000000004c0" },
        { "decimal(4, 2)", "\"14.20\"", "058c" },
        { "decimal(9, 2)", "\"-0.01\"", "ff" },
        { "decimal(9, 2)", "\"1.28\"", "0080" },
        { "decimal(38, 0)", "\"99999999999999999999999999999999999999\"", "4b3b4ca85a86c47a098a223fffffffff" },
        { "date", "\"2017-11-16\"", "4e440000" },
        { "time", "\"22:31:08.123456\"", "406509e012000000" },
        { "timestamp", "\"2017-11-16T22:31:08.123456\"", "40a5282d215e0500" },
        { "timestamptz", "\"2017-11-16T22:31:08.123456+00:00\"", "40a5282d215e0500" },
        { "string", "\"iceberg\"", "69636562657267" },
        { "uuid", "\"f79c3e09-677c-4bbd-a479-3f349cb785e7\"", "f79c3e09677c4bbda4793f349cb785e7" },
        { "fixed[4]", "\"00010203\"", "00010203" },
        { "binary", "\"000102ff\"", "000102ff" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void Values_are_written_as_the_specification_says_and_read_back(string typeName, string json, string hex)
    {
        IcebergPrimitive type = TypeText.Find(typeName)!;
        object value = SingleValueJson.Parse(type, json)!;

        Assert.Equal(hex, Convert.ToHexStringLower(SingleValue.ToBytes(type, value)));
        Assert.True(SingleValue.AreEqual(value, SingleValue.FromBytes(type, Convert.FromHexString(hex))));
        Assert.Equal(json, SingleValueJson.ToJson(type, value));
    }

    [Fact]
    public void Bounds_from_before_a_type_was_widened_are_read()
    {
        Assert.Equal(-2L, SingleValue.FromBytes(IcebergType.Long, Convert.FromHexString("feffffff")));
        Assert.Equal(1.5, SingleValue.FromBytes(IcebergType.Double, Convert.FromHexString("0000c03f")));
        Assert.Equal((Int128)1420, SingleValue.FromBytes(IcebergType.Decimal(12, 2), Convert.FromHexString("058c")));
    }

    [Theory]
    [InlineData("int", "0102")]
    [InlineData("long", "")]
    [InlineData("boolean", "0101")]
    [InlineData("decimal(9, 2)", "")]
    [InlineData("decimal(9, 2)", "0000000000000000000000000000000000")]
    [InlineData("uuid", "00")]
    [InlineData("fixed[4]", "0001")]
    [InlineData("string", "ff")]
    public void Bytes_that_are_no_value_are_refused(string type, string hex)
        => Assert.Equal("MR3406", Assert.Throws<MillraceException>(() => SingleValue.FromBytes(TypeText.Find(type)!, Convert.FromHexString(hex))).Code.Id);

    [Theory]
    [InlineData("int", "\"1\"", "MR3406")]
    [InlineData("int", "99999999999", "MR3401")]
    [InlineData("date", "\"2017-13-16\"", "MR3406")]
    [InlineData("decimal(4, 2)", "\"123.45\"", "MR3406")]
    [InlineData("fixed[4]", "\"0001\"", "MR3406")]
    [InlineData("binary", "\"0g\"", "MR3406")]
    [InlineData("string", "[]", "MR3406")]
    public void Json_that_is_no_value_is_refused(string type, string json, string code)
        => Assert.Equal(code, Assert.Throws<MillraceException>(() => SingleValueJson.Parse(TypeText.Find(type)!, json)).Code.Id);

    [Fact]
    public void Values_compare_as_the_specification_orders_them()
    {
        Assert.True(SingleValue.Compare("Z", "a") < 0);
        Assert.True(SingleValue.Compare("\uFFFD", "\U00010000") < 0);
        Assert.True(SingleValue.Compare(double.NaN, double.PositiveInfinity) > 0);
        Assert.Equal(0, SingleValue.Compare(-0.0, 0.0));
        Assert.True(SingleValue.Compare(new byte[] { 0x80 }, new byte[] { 0x7F, 0xFF }) > 0);
    }
}
