namespace Millrace.Columnar.Tests.Kernels;

public sealed class DictionariesTests
{
    [Fact]
    public void Only_the_columns_that_are_asked_for_are_decoded() => LeakCheck.Run(() =>
    {
        var schema = new Schema(new Field("a", DataType.Utf8), new Field("b", DataType.Utf8));
        using var texts = new BinaryBuilder(DataType.Utf8);
        texts.Append("x");
        texts.AppendNull();
        using Column column = texts.Build();
        using var plain = new RecordBatch(schema, 2, column.Share(), column.Share());
        using RecordBatch encoded = Encoded.Of(plain);

        using RecordBatch some = Dictionaries.Decode(encoded, [false, true]);
        Assert.Same(schema, some.Schema);
        Assert.IsType<DictionaryColumn>(some[0]);
        var decoded = Assert.IsType<BinaryColumn>(some[1]);
        Assert.Equal("x"u8.ToArray(), decoded[0].ToArray());
        Assert.True(decoded.IsNull(1));
    });
}
