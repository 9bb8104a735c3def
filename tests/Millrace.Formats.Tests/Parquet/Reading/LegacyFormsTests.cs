using System.Buffers.Binary;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>What older writers left behind: none of the oracles writes it.</summary>
public class LegacyFormsTests
{
    [Fact]
    public async Task Int96_is_a_timestamp_before_and_after_1970()
    {
        byte[] values = [.. Int96(2_440_588, 0), .. Int96(2_440_588, 1_500), .. Int96(2_440_587, 86_399_999_999_000), .. Int96(2_415_021, 3_600_000_000_000), .. Int96(5_373_484, 0)];
        byte[] file = new HandMadeFile(5).Column([Leaf("t", PhysicalType.Int96)], [HandMadePage.Data(5, ParquetEncoding.Plain, values)]).ToArray();
        await ReadsAsync(file, "timestamp", "\"1970-01-01T00:00:00.000000\"", "\"1970-01-01T00:00:00.000001\"", "\"1969-12-31T23:59:59.999999\"", "\"1900-01-01T01:00:00.000000\"", "\"9999-12-31T00:00:00.000000\"");
    }

    [Fact]
    public async Task Decimals_in_byte_arrays_of_any_length_keep_their_sign()
    {
        byte[] values = [0, 0, 0, 0, .. Prefixed(0xFF), .. Prefixed(0x01, 0x00), .. Prefixed([0xFF, 0x85]), .. Prefixed([.. Enumerable.Repeat((byte)0xFF, 17), 0x00])];
        SchemaElement leaf = Leaf("d", PhysicalType.ByteArray);
        leaf.ConvertedType = ConvertedType.Decimal;
        leaf.Precision = 10;
        leaf.Scale = 2;
        byte[] file = new HandMadeFile(5).Column([leaf], [HandMadePage.Data(5, ParquetEncoding.Plain, values)]).ToArray();
        await ReadsAsync(file, "decimal(10,2)", "0.00", "-0.01", "2.56", "-1.23", "-2.56");
    }

    [Fact]
    public async Task Levels_packed_from_the_highest_bit_are_understood()
    {
        // Definition levels 1 0 1 1 0 0 1 1 | 1.
        byte[] body = [0b1011_0011, 0b1000_0000, .. Ints(1, 2, 3, 4, 5, 6)];
        SchemaElement leaf = Leaf("n", PhysicalType.Int32, Repetition.Optional);
        byte[] file = new HandMadeFile(9).Column([leaf], [HandMadePage.Data(9, ParquetEncoding.Plain, body, ParquetEncoding.BitPacked)]).ToArray();
        await ReadsAsync(file, "integer", "1", "null", "2", "3", "null", "null", "4", "5", "6");
    }

    [Fact]
    public async Task A_repeated_leaf_alone_is_a_list_without_nulls()
    {
        HandMadePage page = HandMadePage.Levels(5, [0, 1, 0, 0, 1], [1, 1, 0, 1, 1], Ints(1, 2, 3, 4));
        byte[] file = new HandMadeFile(3).Column([Leaf("n", PhysicalType.Int32, Repetition.Repeated)], [page]).ToArray();
        await ReadsAsync(file, "array<integer not null>", "[1,2]", "[]", "[3,4]");
    }

    [Fact]
    public async Task A_list_of_two_levels_holds_its_repeated_leaf()
    {
        HandMadePage page = HandMadePage.Levels(4, [0, 0, 0, 1], [0, 1, 2, 2], Ints(7, 8));
        SchemaElement[] elements = [Group("list", 1, Repetition.Optional, ConvertedType.List), Leaf("array", PhysicalType.Int32, Repetition.Repeated)];
        byte[] file = new HandMadeFile(3).Column(elements, [page]).ToArray();
        await ReadsAsync(file, "array<integer not null>", "null", "[]", "[7,8]");
    }

    [Theory]
    [InlineData("array", true)]
    [InlineData("my_list_tuple", true)]
    [InlineData("bag", false)]
    public async Task A_repeated_group_of_one_field_is_the_element_only_by_its_name(string name, bool isElement)
    {
        HandMadePage page = HandMadePage.Levels(3, [0, 1, 0], [3, 2, 1], Ints(9));
        SchemaElement[] elements = [Group("my_list", 1, Repetition.Optional, ConvertedType.List), Group(name, 1, Repetition.Repeated), Leaf("x", PhysicalType.Int32, Repetition.Optional)];
        byte[] file = new HandMadeFile(2).Column(elements, [page]).ToArray();
        if (isElement)
        {
            await ReadsAsync(file, "array<struct<x integer> not null>", """[{"x":9},{"x":null}]""", "[]");
        }
        else
        {
            await ReadsAsync(file, "array<integer>", "[9,null]", "[]");
        }
    }

    [Fact]
    public async Task A_map_may_carry_the_old_annotation()
    {
        HandMadePage keys = HandMadePage.Levels(3, [0, 1, 0], [2, 2, 1], [.. Prefixed(0x61), .. Prefixed(0x62)]);
        HandMadePage values = HandMadePage.Levels(3, [0, 1, 0], [3, 2, 1], Ints(5));
        SchemaElement key = Leaf("key", PhysicalType.ByteArray);
        key.ConvertedType = ConvertedType.Utf8;
        SchemaElement[] elements = [Group("m", 1, Repetition.Optional, ConvertedType.MapKeyValue), Group("map", 2, Repetition.Repeated), key, Leaf("value", PhysicalType.Int32, Repetition.Optional)];
        byte[] file = new HandMadeFile(2).Column(elements, [keys], [values]).ToArray();
        await ReadsAsync(file, "map<varchar, integer>", """{"a":5,"b":null}""", "{}");
    }

    [Fact]
    public async Task Booleans_in_runs_are_read()
    {
        // Eight times true, then one packed group.
        byte[] runs = [8 << 1, 1, (1 << 1) | 1, 0b0000_0101];
        byte[] body = [(byte)runs.Length, 0, 0, 0, .. runs];
        byte[] file = new HandMadeFile(11).Column([Leaf("b", PhysicalType.Boolean)], [HandMadePage.Data(11, ParquetEncoding.Rle, body)]).ToArray();
        await ReadsAsync(file, "boolean", [.. Enumerable.Repeat("true", 9), "false", "true"]);
    }

    [Fact]
    public async Task Half_floats_become_floats()
    {
        SchemaElement leaf = Leaf("h", PhysicalType.FixedLenByteArray);
        leaf.TypeLength = 2;
        leaf.LogicalType = new LogicalType(LogicalKind.Float16);
        byte[] body = [0x00, 0x3C, 0x00, 0xC1, 0x00, 0x7C];
        byte[] file = new HandMadeFile(3).Column([leaf], [HandMadePage.Data(3, ParquetEncoding.Plain, body)]).ToArray();
        await ReadsAsync(file, "real", "1", "-2.5", "\"Infinity\"");
    }

    [Fact]
    public async Task A_page_that_does_not_match_its_checksum_is_found()
    {
        byte[] file = new HandMadeFile(4).Column([Leaf("n", PhysicalType.Int32)], [HandMadePage.WithChecksum(4, Ints(1, 2, 3, 4))]).ToArray();
        await ReadsAsync(file, "integer", "1", "2", "3", "4");

        int at = file.AsSpan().IndexOf(Ints(3));
        file[at] = 9;
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(file));
        Assert.Equal("MR2207", error.Code.Id);
        Assert.Equal("n", error.Place?.Field);

        List<RecordBatch> unchecked_ = await ParquetFile.ReadAsync(file, options: new ParquetOptions { VerifyChecksums = false });
        Assert.Equal(["1", "2", "9", "4"], ColumnText.Values(unchecked_[0][0]));
        unchecked_[0].Dispose();
    }

    [Fact]
    public async Task A_dictionary_larger_than_its_page_is_refused()
    {
        var dictionary = new HandMadePage(
            new PageHeader { Type = PageType.DictionaryPage, CompressedSize = 8, UncompressedSize = 8, DictionaryPage = new DictionaryPageHeader { ValueCount = int.MaxValue, Encoding = ParquetEncoding.Plain } },
            Ints(1, 2));
        byte[] file = new HandMadeFile(1).Column([Leaf("n", PhysicalType.Int32)], [dictionary, HandMadePage.Data(1, ParquetEncoding.RleDictionary, [0])]).ToArray();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(file));
        Assert.Equal("MR2204", error.Code.Id);
    }

    [Fact]
    public async Task Names_that_occur_twice_are_made_unique()
    {
        HandMadePage[] pages = [HandMadePage.Data(1, ParquetEncoding.Plain, Ints(1))];
        byte[] file = new HandMadeFile(1).Column([Leaf("n", PhysicalType.Int32)], pages).Column([Leaf("n", PhysicalType.Int32)], pages).ToArray();
        List<RecordBatch> read = await ParquetFile.ReadAsync(file);
        Assert.Equal(["n", "n_2"], read[0].Schema.Fields.Select(f => f.Name));
        read[0].Dispose();
    }

    private static async Task ReadsAsync(byte[] file, string type, params string[] values)
    {
        List<RecordBatch> batches = await ParquetFile.ReadAsync(file);
        using RecordBatch batch = Assert.Single(batches);
        Assert.Equal(type, batch[0].Type.ToString());
        Assert.Equal(values, ColumnText.Values(batch[0]));
    }

    private static SchemaElement Leaf(string name, PhysicalType type, Repetition repetition = Repetition.Required)
        => new() { Name = name, Type = type, Repetition = repetition };

    private static SchemaElement Group(string name, int children, Repetition repetition, ConvertedType? converted = null)
        => new() { Name = name, ChildCount = children, Repetition = repetition, ConvertedType = converted };

    private static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private static byte[] Prefixed(params byte[] bytes) => [.. BitConverter.GetBytes(bytes.Length), .. bytes];

    private static byte[] Int96(int day, long nanoseconds)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, nanoseconds);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), day);
        return bytes;
    }
}
