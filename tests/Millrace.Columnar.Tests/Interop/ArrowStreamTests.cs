using Millrace.Columnar.Interop;

namespace Millrace.Columnar.Tests.Interop;

[Collection(NativeConsumer.Collection)]
public sealed unsafe class ArrowStreamTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Batches_pass_through_a_stream(bool throughC)
    {
        Assert.SkipWhen(throughC && NativeConsumer.Missing is not null, NativeConsumer.Missing ?? "");
        using var leaks = new LeakCheck();
        var random = new RandomBatches(21, new RandomOptions { Sliced = true });
        Schema schema = random.Schema(4);
        RecordBatch[] batches = [random.Batch(schema, 50), random.Batch(schema, 0), random.Batch(schema, 70)];
        string[][] expected = [.. batches.Select(b => ColumnText.Rows(b).ToArray())];
        int next = 0;
        int releases = 0;
        ArrowArrayStream stream, other;
        ArrowExport.Export(schema, () => next < batches.Length ? batches[next++] : null, () => releases++, &stream);
        if (throughC)
        {
            NativeConsumer.ReverseStream(&stream, &other);
            Assert.True(stream.Release == null);
            stream = other;
        }

        using (var reader = new ArrowStreamReader(&stream))
        {
            Assert.Equal(schema, reader.Schema);
            foreach (string[] rows in expected)
            {
                using RecordBatch? batch = reader.Next();
                Assert.Equal(throughC ? rows.Reverse() : rows, ColumnText.Rows(batch!));
            }

            Assert.Null(reader.Next());
            Assert.Equal(0, releases);
        }

        Assert.Equal(1, releases);
    }

    [Fact]
    public void An_error_of_the_producer_reaches_the_consumer_with_its_message()
    {
        Assert.SkipWhen(NativeConsumer.Missing is not null, NativeConsumer.Missing ?? "");
        using var leaks = new LeakCheck();
        int calls = 0;
        ArrowArrayStream stream, other;
        ArrowExport.Export(new Schema(new Field("a", DataType.Int32)), () => calls++ == 0 ? throw new InvalidOperationException("the disk is größer") : null, null, &stream);
        NativeConsumer.ReverseStream(&stream, &other);
        using var reader = new ArrowStreamReader(&other);
        var error = Assert.Throws<MillraceException>(() => reader.Next());
        Assert.Equal(ArrowErrors.ProducerCode, error.Code);
        Assert.Contains("inner stream: the disk is größer", error.Message, StringComparison.Ordinal);
        Assert.Null(reader.Next());
    }

    [Fact]
    public void A_stream_that_is_empty_or_not_of_structs_is_refused_and_released()
    {
        ArrowArrayStream empty = default;
        ArrowArrayStream* address = &empty;
        Assert.Equal(ArrowErrors.ReleasedCode, Assert.Throws<MillraceException>(() => new ArrowStreamReader(address)).Code);

        int releases = 0;
        ArrowArrayStream broken;
        ArrowExport.Export(Schema.Empty, () => null, () => releases++, &broken);
        broken.GetSchema = &NumberSchema;
        ArrowArrayStream* brokenAddress = &broken;
        Assert.Equal(ArrowErrors.InvalidCode, Assert.Throws<MillraceException>(() => new ArrowStreamReader(brokenAddress)).Code);
        Assert.Equal(1, releases);
    }

    [System.Runtime.InteropServices.UnmanagedCallersOnly(CallConvs = [typeof(System.Runtime.CompilerServices.CallConvCdecl)])]
    private static int NumberSchema(ArrowArrayStream* stream, ArrowSchema* target)
    {
        ArrowExport.Export(new Field("a", DataType.Int32), target);
        return 0;
    }
}
