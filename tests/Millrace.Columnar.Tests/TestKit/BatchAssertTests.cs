namespace Millrace.Columnar.Tests.TestKit;

public sealed class BatchAssertTests
{
    [Fact]
    public void A_difference_deep_inside_is_named_with_its_path_row_and_values()
    {
        DataType type = DataType.Parse("array<struct<a bigint, b varchar>>");
        using Column expected = Lists(type, "x");
        using Column actual = Lists(type, "y");
        Exception? failure = Record.Exception(() => BatchAssert.Equal(expected, actual, "orders"));
        Assert.NotNull(failure);
        Assert.Contains("Row 1, orders[1].b (varchar)\nexpected: \"x\"\nfound:    \"y\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dictionary_equals_its_values_and_garbage_under_nulls_is_not_seen()
    {
        using var dictionary = new DictionaryBuilder(DataType.Dictionary(DataType.Utf8));
        ((BinaryBuilder)dictionary.Dictionary).Append("a");
        ((BinaryBuilder)dictionary.Dictionary).Append("b");
        dictionary.Append(1);
        dictionary.Append(0);
        dictionary.SetNull(1);
        using var plain = new BinaryBuilder(DataType.Utf8);
        plain.Append("b");
        plain.Append("something else");
        plain.SetNull(1);
        using Column a = dictionary.Build();
        using Column b = plain.Build();
        BatchAssert.Equal(a, b);
        BatchAssert.Equal(b, a);
    }

    [Theory]
    [InlineData("bigint")]
    [InlineData("varchar")]
    [InlineData("decimal(5,2)")]
    [InlineData("boolean")]
    [InlineData("struct<a bigint>")]
    [InlineData("uuid")]
    public void A_null_differs_from_a_value(string type)
    {
        using ColumnBuilder builder = ColumnBuilder.Create(DataType.Parse(type));
        builder.AppendNull();
        using Column nulls = builder.Build();
        using Column values = new RandomBatches(1, new RandomOptions { NullDensity = 0 }).Column(DataType.Parse(type), 1);
        Assert.NotNull(Record.Exception(() => BatchAssert.Equal(nulls, values)));
        Assert.NotNull(Record.Exception(() => BatchAssert.Equal(values, nulls)));
    }

    private static Column Lists(DataType type, string last)
    {
        using var builder = new ListBuilder(type);
        var items = (StructBuilder)builder.Items;
        foreach (string text in (string[])["p", "q", last])
        {
            ((FixedBuilder<long>)items.Fields[0]).Append(1);
            ((BinaryBuilder)items.Fields[1]).Append(text);
            items.AppendRow();
            if (text == "p")
            {
                builder.AppendRow();
            }
        }

        builder.AppendRow();
        return builder.Build();
    }
}
