using Millrace.Columnar.Interop;
using static Millrace.Columnar.Tests.Interop.FakeProducer;

namespace Millrace.Columnar.Tests.Interop;

/// <summary>What contradicts itself ends in an error with a code, and is released once nevertheless.</summary>
public sealed unsafe class HostileArrowTests
{
    private delegate ArrowArray* Make(FakeProducer producer);

    private delegate void Spoil(ArrowArray* array);

    private static readonly byte[] Three = Of(1L, 2, 3);

    [Fact]
    public void Counts_that_cannot_be_are_refused()
    {
        AssertRefused("l", p => p.Array(-1, [null, Three]));
        AssertRefused("l", p => p.Array(long.MaxValue, [null, Three]));
        AssertRefused("l", p => p.Array(3, [null, Three], offset: -1));
        AssertRefused("l", p => p.Array(3, [null, Three], offset: long.MaxValue));
        AssertRefused("l", p => p.Array(3, [null, Three], nulls: 4));
        AssertRefused("l", p => p.Array(3, [null, Three], nulls: -2));
        AssertRefused("l", p => p.Array(3, [null]));
        AssertRefused("l", p => p.Array(3, [null, Three, Three]));
        AssertRefused("l", p => p.Array(3, [null, Three], [p.Array(3, [null, Three])]));
    }

    [Fact]
    public void Null_pointers_where_there_are_rows_are_refused()
    {
        AssertRefused("l", p => p.Array(3, [null, null]));
        AssertRefused("l", p => p.Array(3, [null, Three], nulls: 1));
        AssertRefused("b", p => p.Array(3, [null, null]));
        AssertRefused("u", p => p.Array(1, [null, null, [1]]));
        AssertRefused("u", p => p.Array(1, [null, Of(0, 1), null]));
        AssertRefused("U", p => p.Array(1, [null, null, [1]]));
        AssertRefused("tts", p => p.Array(1, [null, null]));
        AssertRefused("l", p => Spoiled(p.Array(3, [null, Three]), a => a->Buffers = null));
    }

    [Fact]
    public void Offsets_that_descend_or_are_negative_are_refused()
    {
        AssertRefused("u", p => p.Array(2, [null, Of(0, 2, 1), "ab"u8.ToArray()]));
        AssertRefused("u", p => p.Array(2, [null, Of(-1, 0, 1), "ab"u8.ToArray()]));
        AssertRefused("u", p => p.Array(2, [null, Of(0, int.MinValue, 1), "ab"u8.ToArray()]));
        AssertRefused("U", p => p.Array(2, [null, Of(0L, 2, 1), "ab"u8.ToArray()]));
        AssertRefused("U", p => p.Array(2, [null, Of(-5L, 0, 1), "ab"u8.ToArray()]));
        AssertRefused("U", p => p.Array(1, [null, Of(0L, long.MaxValue), "ab"u8.ToArray()]));
    }

    [Fact]
    public void Texts_that_are_not_UTF_8_are_refused_but_not_under_nulls()
    {
        AssertRefused("u", p => p.Array(2, [null, Of(0, 1, 2), [0x61, 0xFF]]));

        // One character cut by an offset: all bytes together are well-formed.
        AssertRefused("u", p => p.Array(2, [null, Of(0, 1, 2), "é"u8.ToArray()]));
        using var producer = new FakeProducer();
        using Column column = ArrowShape.Import(producer.Schema("u")).Column(producer.Array(2, [[1], Of(0, 1, 2), [0x61, 0xFF]]));
        Assert.Equal(["\"a\"", "null"], ColumnText.Values(column));
    }

    [Fact]
    public void Views_that_point_nowhere_are_refused()
    {
        byte[] data = new byte[20];
        foreach ((int length, int buffer, int start) in ((int, int, int)[])[(13, 1, 0), (13, -1, 0), (13, 0, 8), (13, 0, -1), (21, 0, 0), (int.MaxValue, 0, 5), (-1, 0, 0)])
        {
            AssertRefused("vz", p => p.Array(1, [null, Of(length, 0, buffer, start), data, Of(20L)]));
        }

        AssertRefused("vz", p => p.Array(1, [null, Of(13, 0, 0, 0), null, Of(20L)]));
        AssertRefused("vz", p => p.Array(1, [null, Of(13, 0, 0, 0), data, null]));
        AssertRefused("vz", p => p.Array(1, [null, Of(13, 0, 0, 0)]));
        AssertRefused("vz", p => p.Array(1, [null, null, Of(20L)]));
        AssertRefused("vu", p => p.Array(1, [null, Of(1, 0xFF, 0, 0), Of(20L)]));
    }

    [Fact]
    public void Values_outside_their_type_are_refused()
    {
        AssertRefused("d:2,0", p => p.Array(1, [null, Of((Int128)100)]));
        AssertRefused("d:2,0", p => p.Array(1, [null, Of((Int128)(-100))]));
        AssertRefused("ttu", p => p.Array(1, [null, Of(86_400_000_000L)]));
        AssertRefused("tts", p => p.Array(1, [null, Of(-1)]));
    }

    [Fact]
    public void Children_that_are_missing_or_short_are_refused()
    {
        AssertRefused(p => p.Schema("+s", children: [p.Schema("l", "a")]), p => p.Array(3, [null], [p.Array(2, [null, Three])]));
        AssertRefused(p => p.Schema("+s", children: [p.Schema("l", "a")]), p => p.Array(2, [null], [p.Array(3, [null, Three])], offset: 2));
        AssertRefused(p => p.Schema("+s", children: [p.Schema("l", "a")]), p => p.Array(2, [null]));
        AssertRefused(p => p.Schema("+s", children: [p.Schema("l", "a")]), p => Spoiled(p.Array(2, [null], [p.Array(2, [null, Three])]), a => a->Children[0] = null));
        AssertRefused(p => p.Schema("+s", children: [p.Schema("l", "a")]), p => Spoiled(p.Array(2, [null], [p.Array(2, [null, Three])]), a => a->Children = null));
        AssertRefused(p => p.Schema("+l", children: [p.Schema("l", "a")]), p => p.Array(1, [null, Of(0, 4)], [p.Array(3, [null, Three])]));
        AssertRefused(p => p.Schema("+L", children: [p.Schema("l", "a")]), p => p.Array(1, [null, Of(0L, 4)], [p.Array(3, [null, Three])]));
        AssertRefused(p => p.Schema("+w:2", children: [p.Schema("l", "a")]), p => p.Array(2, [null], [p.Array(3, [null, Three])]));

        // The second field is bad after the first one was taken over.
        AssertRefused(
            p => p.Schema("+s", children: [p.Schema("l", "a"), p.Schema("u", "b")]),
            p => p.Array(2, [[1]], [p.Array(2, [[1], Three]), p.Array(2, [null, Of(0, 2, 1), "ab"u8.ToArray()])]));
    }

    [Fact]
    public void Dictionaries_that_are_missing_or_short_are_refused()
    {
        AssertRefused(p => p.Schema("i", dictionary: p.Schema("l", "")), p => p.Array(2, [null, Of(0, 1)]));
        AssertRefused(p => p.Schema("i", dictionary: p.Schema("l", "")), p => p.Array(2, [null, Of(0, 3)], dictionary: p.Array(3, [null, Three])));
        AssertRefused(p => p.Schema("i", dictionary: p.Schema("l", "")), p => p.Array(2, [null, Of(0, -1)], dictionary: p.Array(3, [null, Three])));
        AssertRefused(p => p.Schema("L", dictionary: p.Schema("l", "")), p => p.Array(1, [null, Of(ulong.MaxValue)], dictionary: p.Array(3, [null, Three])));
        AssertRefused(p => p.Schema("i", dictionary: p.Schema("l", "")), p => p.Array(1, [null, Of(0)], dictionary: p.Array(0, [null, null])));
    }

    [Fact]
    public void Null_keys_of_maps_are_refused()
        => AssertRefused(
            p => p.Schema("+m", children: [p.Schema("+s", "entries", children: [p.Schema("l", "key"), p.Schema("l", "value")])]),
            p => p.Array(1, [null, Of(0, 2)], [p.Array(2, [null], [p.Array(2, [[1], Three]), p.Array(2, [null, Three])])]));

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("v")]
    [InlineData("+ud:0,1")]
    [InlineData("+r")]
    [InlineData("d:")]
    [InlineData("d:0,0")]
    [InlineData("d:39,0")]
    [InlineData("d:5,6")]
    [InlineData("d:5,-1")]
    [InlineData("d:5,1,256")]
    [InlineData("d:99999999999999999999,1")]
    [InlineData("w:0")]
    [InlineData("w:-1")]
    [InlineData("w:2147483647")]
    [InlineData("tsx:")]
    [InlineData("ts")]
    [InlineData("+l")]
    [InlineData("+m")]
    [InlineData("+w:3")]
    public void Types_without_counterpart_are_refused(string format)
    {
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema(format);
        Assert.Throws<MillraceException>(() => ArrowShape.Import(schema));
        Assert.Equal(1, producer.Releases);
    }

    [Fact]
    public void Type_trees_with_a_cycle_or_wild_counts_are_refused()
    {
        using var producer = new FakeProducer();
        ArrowSchema* cycle = producer.Schema("+s", children: [producer.Schema("+s"), producer.Schema("l")]);
        cycle->Children[0] = cycle;
        cycle->Children[1] = cycle;
        Assert.Throws<MillraceException>(() => ArrowShape.Import(cycle));
        ArrowSchema* negative = producer.Schema("+s");
        negative->ChildCount = -1;
        Assert.Throws<MillraceException>(() => ArrowShape.Import(negative));
        ArrowSchema* many = producer.Schema("+s");
        many->ChildCount = long.MaxValue;
        Assert.Throws<MillraceException>(() => ArrowShape.Import(many));
        ArrowSchema* noFormat = producer.Schema("l");
        noFormat->Format = null;
        Assert.Throws<MillraceException>(() => ArrowShape.Import(noFormat));
        ArrowSchema* metadata = producer.Schema("l", metadata: Of(1, -1));
        Assert.Throws<MillraceException>(() => ArrowShape.Import(metadata));
        ArrowSchema* entries = producer.Schema("l", metadata: Of(-1));
        Assert.Throws<MillraceException>(() => ArrowShape.Import(entries));
        Assert.Equal(6, producer.Releases);
    }

    [Fact]
    public void Empty_structs_are_refused()
    {
        using var producer = new FakeProducer();
        ArrowShape shape = ArrowShape.Import(producer.Schema("l"));
        ArrowArray empty = default;
        ArrowSchema emptySchema = default;
        ArrowArray* address = &empty;
        ArrowSchema* schemaAddress = &emptySchema;
        Assert.Equal(ArrowErrors.ReleasedCode, Assert.Throws<MillraceException>(() => shape.Column(address)).Code);
        Assert.Equal(ArrowErrors.ReleasedCode, Assert.Throws<MillraceException>(() => shape.Column(null)).Code);
        Assert.Equal(ArrowErrors.ReleasedCode, Assert.Throws<MillraceException>(() => ArrowShape.Import(schemaAddress)).Code);
    }

    [Fact]
    public void A_batch_must_be_a_struct_whose_columns_keep_their_promise()
    {
        using var leaks = new LeakCheck();
        using var producer = new FakeProducer();
        ArrowShape number = ArrowShape.Import(producer.Schema("l"));
        ArrowArray* numbers = producer.Array(3, [null, Three]);
        Assert.Throws<MillraceException>(() => number.Batch(numbers));

        ArrowShape rows = ArrowShape.Import(producer.Schema("+s", children: [producer.Schema("l", "a", nullable: false)]));
        ArrowArray* broken = producer.Array(3, [null], [producer.Array(3, [[1], Three])]);
        Assert.Throws<MillraceException>(() => rows.Batch(broken));
        ArrowArray* nullRows = producer.Array(3, [[1]], [producer.Array(3, [null, Three])]);
        Assert.Throws<MillraceException>(() => rows.Batch(nullRows));
        Assert.Equal(5, producer.Releases);
    }

    private static ArrowArray* Spoiled(ArrowArray* array, Spoil spoil)
    {
        spoil(array);
        return array;
    }

    private delegate ArrowSchema* MakeSchema(FakeProducer producer);

    private static void AssertRefused(string format, Make make) => AssertRefused(p => p.Schema(format), make);

    private static void AssertRefused(MakeSchema makeSchema, Make make)
    {
        using var leaks = new LeakCheck();
        using var producer = new FakeProducer();
        ArrowShape shape = ArrowShape.Import(makeSchema(producer));
        ArrowArray* array = make(producer);
        Assert.Throws<MillraceException>(() => shape.Column(array));
        Assert.Equal(2, producer.Releases);
    }
}
