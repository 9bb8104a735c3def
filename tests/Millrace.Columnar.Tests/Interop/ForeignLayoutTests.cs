using Millrace.Columnar.Interop;
using static Millrace.Columnar.Tests.Interop.FakeProducer;

namespace Millrace.Columnar.Tests.Interop;

/// <summary>Arrow types that lie in memory in another way than ours.</summary>
public sealed unsafe class ForeignLayoutTests
{
    private static readonly byte[] Valid101 = [0b101];

    [Fact]
    public void Large_texts_and_binaries_get_offsets_of_32_bits()
    {
        AssertImports("U", DataType.Utf8, ["\"ab\"", "null", "\"é\""], p => p.Array(3, [Valid101, Of(3L, 5, 6, 8), "xyzab?é"u8.ToArray()]));
        AssertImports("Z", DataType.Binary, ["\"\\\\x01\"", "\"\\\\x\""], p => p.Array(2, [null, Of(9L, 0, 1, 1), [1]], offset: 1));
    }

    [Fact]
    public void Views_become_texts()
    {
        byte[] views = [.. View("ab"u8), .. View("exactly 12 b"u8), .. LongView(19, 1, 2), .. LongView(13, 0, 0), .. LongView(-1, 9, 9), .. View(""u8)];
        byte[] first = "thirteen byte"u8.ToArray();
        byte[] second = "..nineteen bytes long."u8.ToArray();
        AssertImports("vu", DataType.Utf8, ["\"exactly 12 b\"", "\"nineteen bytes long\"", "\"thirteen byte\"", "null", "\"\""], p => p.Array(5, [[0b101110], views, first, second, Of(13L, 22)], offset: 1));
        AssertImports("vz", DataType.Binary, ["\"\\\\x6162\""], p => p.Array(1, [null, views, []]));
    }

    [Fact]
    public void Rows_without_a_type_are_null()
        => AssertImports("n", DataType.Utf8, ["null", "null", "null"], p => p.Array(3, []));

    [Fact]
    public void Times_in_32_bits_are_widened()
    {
        AssertImports("tts", DataType.Time(TimeUnit.Second), ["\"00:01:40\"", "null", "\"23:59:59\""], p => p.Array(3, [Valid101, Of(100, -1, 86_399)]));
        AssertImports("ttm", DataType.Time(TimeUnit.Millisecond), ["\"00:00:00.007\""], p => p.Array(1, [null, Of(5, 6, 7)], offset: 2));
    }

    [Fact]
    public void Dates_in_milliseconds_become_days()
        => AssertImports("tdm", DataType.Date, ["\"1970-01-02\"", "\"1969-12-31\"", "\"1969-12-31\""], p => p.Array(3, [null, Of(86_400_000L, -86_400_000, -1)]));

    [Fact]
    public void Intervals_of_other_kinds_become_ours()
    {
        AssertImports("tiM", DataType.Interval, ["\"P-5M0DT0.000000000S\""], p => p.Array(1, [null, Of(-5)]));
        AssertImports("tiD", DataType.Interval, ["\"P0M-2DT1.500000000S\""], p => p.Array(1, [null, Of(-2, 1500)]));
    }

    [Fact]
    public void Narrow_decimals_and_halves_are_widened()
    {
        AssertImports("d:4,1,32", DataType.Decimal(4, 1), ["-12.3", "null", "999.9"], p => p.Array(3, [Valid101, Of(-123, int.MaxValue, 9999)]));
        AssertImports("d:18,0,64", DataType.Decimal(18, 0), ["999999999999999999"], p => p.Array(1, [null, Of(999_999_999_999_999_999)]));
        AssertImports("e", DataType.Float32, ["1.5", "-0.25"], p => p.Array(2, [null, Of((Half)1.5, (Half)(-0.25))]));
    }

    [Fact]
    public void Lists_of_one_length_get_offsets()
    {
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema("+w:2", children: [producer.Schema("i", "item")]);
        ArrowArray* items = producer.Array(8, [null, Of(0, 1, 2, 3, 4, 5, 6, 7, 8)], offset: 1);
        ArrowArray* lists = producer.Array(3, [[0b1010]], [items], offset: 1);
        AssertImports(producer, schema, lists, DataType.List(DataType.Int32), ["[3,4]", "null", "[7,8]"]);
    }

    [Fact]
    public void Large_lists_get_offsets_of_32_bits()
    {
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema("+L", children: [producer.Schema("u", "item")]);
        ArrowArray* items = producer.Array(4, [null, Of(0, 1, 2, 3, 4), "abcd"u8.ToArray()]);
        ArrowArray* lists = producer.Array(2, [null, Of(0L, 1, 3, 4)], [items], offset: 1);
        AssertImports(producer, schema, lists, DataType.List(DataType.Utf8), ["[\"b\",\"c\"]", "[\"d\"]"]);
    }

    [Theory]
    [InlineData("c")]
    [InlineData("C")]
    [InlineData("s")]
    [InlineData("S")]
    [InlineData("i")]
    [InlineData("I")]
    [InlineData("l")]
    [InlineData("L")]
    public void Indices_of_any_width_and_garbage_under_nulls_are_understood(string format)
    {
        long[] indices = [0, 1, 99, 2, 1];
        byte[] bytes = format.ToLowerInvariant() switch
        {
            "c" => Of([.. indices.Select(i => (byte)i)]),
            "s" => Of([.. indices.Select(i => (short)i)]),
            "i" => Of([.. indices.Select(i => (int)i)]),
            _ => Of(indices),
        };
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema(format, dictionary: producer.Schema("u", ""));

        // The dictionary's own null at 2 makes its row null.
        ArrowArray* values = producer.Array(3, [[0b011], Of(0, 1, 2, 2), "ab"u8.ToArray()]);
        ArrowArray* rows = producer.Array(4, [[0b11011], bytes], offset: 1, dictionary: values);
        AssertImports(producer, schema, rows, DataType.Dictionary(DataType.Utf8), ["\"b\"", "null", "null", "\"b\""]);
    }

    [Fact]
    public void An_empty_dictionary_of_null_rows_gets_a_value()
    {
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema("i", dictionary: producer.Schema("l", ""));
        ArrowArray* rows = producer.Array(2, [[0], Of(0, 0)], dictionary: producer.Array(0, [null, null]));
        AssertImports(producer, schema, rows, DataType.Dictionary(DataType.Int64), ["null", "null"]);
    }

    [Fact]
    public void Arrays_without_rows_may_lack_their_buffers()
    {
        AssertImports("u", DataType.Utf8, [], p => p.Array(0, [null, null, null]));
        AssertImports("U", DataType.Utf8, [], p => p.Array(0, [null, null, null]));
        AssertImports("l", DataType.Int64, [], p => p.Array(0, [null, null]));
        AssertImports("b", DataType.Boolean, [], p => p.Array(0, [null, null]));
        AssertImports("tts", DataType.Time(TimeUnit.Second), [], p => p.Array(0, [null, null], offset: 5));
    }

    [Fact]
    public void Values_that_are_not_aligned_are_copied()
        => AssertImports("l", DataType.Int64, ["7", "8"], p =>
        {
            ArrowArray* array = p.Array(2, [null, [0xFF, .. Of(7L, 8)]]);
            array->Buffers[1] = (byte*)array->Buffers[1] + 1;
            return array;
        });

    [Fact]
    public void The_offset_of_a_struct_applies_to_its_fields()
    {
        using var producer = new FakeProducer();
        ArrowSchema* schema = producer.Schema("+s", children: [producer.Schema("i", "a"), producer.Schema("b", "b")]);
        ArrowArray* numbers = producer.Array(4, [null, Of(0, 1, 2, 3, 4)], offset: 1);
        ArrowArray* booleans = producer.Array(12, [null, [0, 0b1010]]);
        ArrowArray* structs = producer.Array(2, [[0b0100]], [numbers, booleans], offset: 2);
        AssertImports(producer, schema, structs, null, ["{\"a\":3,\"b\":false}", "null"]);
    }

    private static byte[] View(ReadOnlySpan<byte> value) => [.. Of(value.Length), .. value, .. new byte[12 - value.Length]];

    private static byte[] LongView(int length, int buffer, int start) => [.. Of(length), .. "pref"u8, .. Of(buffer, start)];

    private delegate ArrowArray* Make(FakeProducer producer);

    private static void AssertImports(string format, DataType type, string[] expected, Make make)
    {
        using var producer = new FakeProducer();
        AssertImports(producer, producer.Schema(format), make(producer), type, expected);
    }

    private static void AssertImports(FakeProducer producer, ArrowSchema* schema, ArrowArray* array, DataType? type, string[] expected)
    {
        using var leaks = new LeakCheck();
        ArrowShape shape = ArrowShape.Import(schema);
        Assert.Equal(1, producer.Releases);
        using (Column column = shape.Column(array))
        {
            Assert.Equal(type ?? column.Type, column.Type);
            Assert.Equal(expected, ColumnText.Values(column));
            Assert.Equal(expected.Count(e => e == "null"), column.NullCount);
        }

        Assert.Equal(2, producer.Releases);
    }
}
