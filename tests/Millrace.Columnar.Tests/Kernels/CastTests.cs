using System.Globalization;

namespace Millrace.Columnar.Tests.Kernels;

public sealed class CastTests
{
    private static readonly TypeId[] Scalars =
        [.. Enum.GetValues<TypeId>().Except([TypeId.List, TypeId.Struct, TypeId.Map, TypeId.Dictionary])];

    private static readonly string[] Numbers =
        ["tinyint", "smallint", "integer", "bigint", "utinyint", "usmallint", "uinteger", "ubigint", "real", "double", "decimal(38,10)", "decimal(9,2)"];

    [Theory]
    [InlineData(11, false)]
    [InlineData(12, true)]
    public void Every_plain_value_survives_the_way_through_text(int seed, bool sliced) => LeakCheck.Run(() =>
    {
        var random = new RandomBatches(seed, new RandomOptions { Sliced = sliced, Types = Scalars });
        for (int round = 0; round < 200; round++)
        {
            using Column column = random.Column(random.Type(), 50);
            CastResult there = Cast.To(column, DataType.Utf8);
            using Column text = there.Column;
            CastResult back = Cast.To(text, column.Type);
            using Column result = back.Column;

            Assert.Empty(there.Failures);
            Assert.Empty(back.Failures);
            Assert.Equal(ColumnText.Values(column), ColumnText.Values(result));
        }
    });

    [Theory]
    [InlineData("varchar", "bigint", "9223372036854775807", "9223372036854775807")]
    [InlineData("varchar", "bigint", " 12 ", "12")]
    [InlineData("varchar", "decimal(5,2)", "1.005", "1.01")]
    [InlineData("varchar", "boolean", "yes", "true")]
    [InlineData("varchar", "bytes", @"\x00ff", "\"\\\\x00ff\"")]
    [InlineData("double", "integer", "2.5", "2")]
    [InlineData("double", "integer", "3.5", "4")]
    [InlineData("double", "bigint", "9223372036854774784", "9223372036854774784")]
    [InlineData("double", "decimal(20,10)", "0.1", "0.1000000000")]
    [InlineData("decimal(10,2)", "integer", "-2.50", "-3")]
    [InlineData("decimal(10,2)", "decimal(6,1)", "1.25", "1.3")]
    [InlineData("decimal(38,0)", "double", "12345678901234567890123456789012345678", "1.2345678901234568E+37")]
    [InlineData("ubigint", "double", "18446744073709551615", "1.8446744073709552E+19")]
    [InlineData("boolean", "integer", "true", "1")]
    [InlineData("integer", "boolean", "-5", "true")]
    [InlineData("date", "timestamp", "1969-12-31", "\"1969-12-31T00:00:00.000000\"")]
    [InlineData("timestamp(9)", "timestamp(3)", "1969-12-31T23:59:59.999999999", "\"1969-12-31T23:59:59.999\"")]
    [InlineData("timestamp", "date", "1969-12-31T23:59:59", "\"1969-12-31\"")]
    [InlineData("timestamp", "time(3)", "1969-12-31T23:59:59.123456", "\"23:59:59.123\"")]
    [InlineData("timestamptz", "timestamp", "2024-02-29T12:00:00+02:00", "\"2024-02-29T10:00:00.000000\"")]
    [InlineData("varchar", "json", """{"a":[1,null]}""", """{"a":[1,null]}""")]
    [InlineData("uuid", "bytes", "00112233-4455-6677-8899-aabbccddeeff", "\"\\\\x00112233445566778899aabbccddeeff\"")]
    public void Converts_a_value(string from, string to, string value, string expected) => LeakCheck.Run(() =>
    {
        using Column source = FromText(from, value);

        CastResult result = Cast.To(source, DataType.Parse(to));

        using Column column = result.Column;
        Assert.Empty(result.Failures);
        Assert.Equal([expected, "null"], ColumnText.Values(column));
    });

    [Theory]
    [InlineData("varchar", "bigint", "9223372036854775808", "'9223372036854775808' is not a valid bigint.")]
    [InlineData("varchar", "date", "2023-02-29", "'2023-02-29' is not a valid date.")]
    [InlineData("varchar", "json", "{", "'{' is not a valid json.")]
    [InlineData("bigint", "smallint", "40000", "40000 does not fit smallint.")]
    [InlineData("bigint", "ubigint", "-1", "-1 does not fit ubigint.")]
    [InlineData("ubigint", "bigint", "18446744073709551615", "18446744073709551615 does not fit bigint.")]
    [InlineData("double", "bigint", "9223372036854775808", "9.223372036854776E+18 does not fit bigint.")]
    [InlineData("double", "bigint", "NaN", "NaN does not fit bigint.")]
    [InlineData("double", "real", "1e300", "1E+300 does not fit real.")]
    [InlineData("decimal(10,2)", "decimal(4,2)", "100.00", "100.00 does not fit decimal(4,2).")]
    [InlineData("decimal(38,0)", "bigint", "9223372036854775808", "9223372036854775808 does not fit bigint.")]
    [InlineData("integer", "decimal(4,2)", "100", "100 does not fit decimal(4,2).")]
    [InlineData("timestamp(0)", "timestamp(9)", "9999-12-31T00:00:00", "9999-12-31T00:00:00Z does not fit timestamp(9).")]
    [InlineData("bytes", "uuid", @"\x00", "A value of 1 bytes does not fit uuid, which has 16.")]
    public void Says_which_value_does_not_fit(string from, string to, string value, string message) => LeakCheck.Run(() =>
    {
        using Column source = FromText(from, value);

        CastResult result = Cast.To(source, DataType.Parse(to));

        using Column column = result.Column;
        CastFailure failure = Assert.Single(result.Failures);
        Assert.Equal(0, failure.Row);
        Assert.Equal(message.Replace("Z does", " does", StringComparison.Ordinal), failure.Message.Replace("Z does", " does", StringComparison.Ordinal));
        Assert.Equal(2, column.NullCount);
    });

    [Fact]
    public void Numbers_convert_exactly_or_fail()
    {
        var random = new RandomBatches(21);
        foreach (string from in Numbers)
        {
            foreach (string to in Numbers)
            {
                using Column source = random.Column(DataType.Parse(from), 60);
                CastResult result = Cast.To(source, DataType.Parse(to));
                using Column column = result.Column;
                var failed = result.Failures.Select(f => f.Row).ToHashSet();
                for (int row = 0; row < source.Length; row++)
                {
                    Assert.Equal(source.IsNull(row) || failed.Contains(row), column.IsNull(row));
                    if (column.Type.IsInteger && !column.IsNull(row) && (source.Type.IsInteger || source.Type.Id == TypeId.Decimal))
                    {
                        decimal before = decimal.Parse(ColumnText.Json(source, row), CultureInfo.InvariantCulture);
                        decimal after = decimal.Parse(ColumnText.Json(column, row), CultureInfo.InvariantCulture);
                        Assert.Equal(Math.Round(before, MidpointRounding.AwayFromZero), after);
                    }
                }
            }
        }
    }

    [Fact]
    public void A_list_whose_item_fails_is_null_and_the_others_stay() => LeakCheck.Run(() =>
    {
        DataType type = DataType.Parse("array<varchar>");
        using var builder = new ListBuilder(type);
        var items = (BinaryBuilder)builder.Items;
        foreach (string[] row in (string[][])[["1", "2"], [], ["3", "x", "y"], ["4"]])
        {
            Array.ForEach(row, items.Append);
            builder.AppendRow();
        }

        using Column whole = builder.Build();
        using Column source = whole.Slice(1, 3);

        CastResult result = Cast.To(source, DataType.Parse("array<bigint>"));

        using Column column = result.Column;
        Assert.Equal(["[]", "null", "[4]"], ColumnText.Values(column));
        Assert.Equal(new CastFailure(1, "'x' is not a valid bigint."), Assert.Single(result.Failures));
    });

    [Fact]
    public void Struct_fields_go_by_name() => LeakCheck.Run(() =>
    {
        using var builder = new StructBuilder(DataType.Parse("struct<a integer, b varchar>"));
        ((FixedBuilder<int>)builder.Fields[0]).Append(7);
        ((BinaryBuilder)builder.Fields[1]).Append("8");
        builder.AppendRow();
        using Column source = builder.Build();

        CastResult result = Cast.To(source, DataType.Parse("struct<b bigint, c date, a double>"));

        using Column column = result.Column;
        Assert.Equal("""{"b":8,"c":null,"a":7}""", ColumnText.Json(column, 0));
    });

    [Fact]
    public void A_dictionary_converts_its_values() => LeakCheck.Run(() =>
    {
        using var builder = new DictionaryBuilder(DataType.Parse("dictionary<varchar>"));
        ((BinaryBuilder)builder.Dictionary).Append("5");
        ((BinaryBuilder)builder.Dictionary).Append("x");
        builder.Append(1);
        builder.Append(0);
        builder.AppendNull();
        using Column source = builder.Build();

        CastResult result = Cast.To(source, DataType.Int16);

        using Column column = result.Column;
        Assert.Equal(["null", "5", "null"], ColumnText.Values(column));
        Assert.Equal(0, Assert.Single(result.Failures).Row);
    });

    [Theory]
    [InlineData("bigint", "date")]
    [InlineData("varchar", "array<bigint>")]
    [InlineData("struct<a bigint>", "struct<a date>")]
    [InlineData("struct<a bigint>", "struct<a bigint, b bigint not null>")]
    public void A_conversion_that_does_not_exist_is_an_error(string from, string to)
    {
        using Column source = ColumnBuilder.Create(DataType.Parse(from)).Build();

        Assert.False(Cast.IsPossible(source.Type, DataType.Parse(to)));
        MillraceException error = Assert.Throws<MillraceException>(() => Cast.To(source, DataType.Parse(to)));
        Assert.Equal("MR2905", error.Code.Id);
    }

    // The value and, after it, a null.
    private static Column FromText(string type, string value)
    {
        using var builder = new BinaryBuilder(DataType.Utf8);
        builder.Append(value);
        builder.AppendNull();
        using Column text = builder.Build();
        return Cast.To(text, DataType.Parse(type)).Column;
    }

    [Fact]
    public void A_result_larger_than_a_column_can_be_is_an_error_and_gives_back_the_fields_before_it() => LeakCheck.Run(() =>
    {
        var wide = DataType.FixedBinary(1 << 20);
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Struct(new Field("a", DataType.Int64), new Field("b", DataType.Utf8), new Field("c", DataType.Binary)), 3000);
        for (int i = 0; i < 3000; i++)
        {
            builder.AppendNull();
        }

        using Column column = builder.Build();
        foreach (string large in (string[])["b", "c"])
        {
            var target = DataType.Struct(new Field("a", DataType.Int32), new Field(large, wide));
            Assert.Equal("MR2904", Assert.Throws<MillraceException>(() => Cast.To(column, target)).Code.Id);
        }
    });
}
