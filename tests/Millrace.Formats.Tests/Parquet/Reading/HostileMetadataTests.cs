using System.Buffers.Binary;
using Millrace.Columnar;
using Millrace.Formats.Parquet;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Parquet;

/// <summary>Sound Thrift that says what is not so, or asks for more than anybody should give.</summary>
public class HostileMetadataTests
{
    private static readonly SchemaElement Number = new() { Name = "n", Type = PhysicalType.Int32, Repetition = Repetition.Required };

    public static TheoryData<string, string> Faults => new()
    {
        { "encrypted", "MR2206" },
        { "lzo", "MR2205" },
        { "unknown codec", "MR2205" },
        { "another file", "MR2205" },
        { "another type", "MR2203" },
        { "chunk beyond the end", "MR2202" },
        { "negative chunk", "MR2202" },
        { "negative rows", "MR2203" },
        { "too many rows", "MR2204" },
        { "no chunks", "MR2203" },
        { "wide values", "MR2203" },
        { "children that are not there", "MR2203" },
        { "elements in no group", "MR2203" },
        { "deep groups", "MR2203" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_cannot_be_is_refused(string fault, string code)
    {
        using var leaks = new LeakCheck();
        byte[] file = new HandMadeFile(3).Column([Number], [HandMadePage.Data(3, ParquetEncoding.Plain, new byte[12])]).ToArray();
        file = WithFooter(file, footer => Spoil(footer, fault));
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(file));
        Assert.Equal(code, error.Code.Id);
        Assert.NotNull(error.Place?.File);
    }

    [Fact]
    public async Task A_column_that_is_encrypted_does_not_keep_others_from_being_read()
    {
        HandMadePage[] pages = [HandMadePage.Data(3, ParquetEncoding.Plain, new byte[12])];
        SchemaElement secret = new() { Name = "secret", Type = PhysicalType.Int32, Repetition = Repetition.Required };
        byte[] file = new HandMadeFile(3).Column([Number], pages).Column([secret], pages).ToArray();
        file = WithFooter(file, f => f.RowGroups[0].Columns[1].CryptoMetadata = new ColumnCryptoMetadata { UsesFooterKey = true });
        List<RecordBatch> read = await ParquetFile.ReadAsync(file, i => ParquetFile.Everything(i) with { Columns = new Schema(i.Schema[0]) });
        Assert.Equal(["0", "0", "0"], ColumnText.Values(read[0][0]));
        read[0].Dispose();
    }

    [Fact]
    public async Task Two_thousand_million_nulls_in_a_few_bytes_are_given_out_in_batches()
    {
        using var leaks = new LeakCheck();
        SchemaElement nullable = new() { Name = "n", Type = PhysicalType.Int32, Repetition = Repetition.Optional };
        byte[] run = [.. VarInt((ulong)int.MaxValue << 1), 0];
        byte[] file = new HandMadeFile(int.MaxValue).Column([nullable], [HandMadePage.Data(int.MaxValue, ParquetEncoding.Plain, [(byte)run.Length, 0, 0, 0, .. run])]).ToArray();
        List<RecordBatch> read = await ParquetFile.ReadAsync(file, i => ParquetFile.Everything(i) with { Limit = 10_000 });
        Assert.Equal(10_000, read.Sum(b => b.Length));
        Assert.Equal(10_000, read.Sum(b => b[0].NullCount));
        read.ForEach(b => b.Dispose());
    }

    [Fact]
    public async Task A_list_of_two_thousand_million_elements_in_one_row_exceeds_a_limit()
    {
        using var leaks = new LeakCheck();
        SchemaElement repeated = new() { Name = "n", Type = PhysicalType.Int32, Repetition = Repetition.Repeated };
        byte[] repetitions = [1 << 1, 0, .. VarInt((ulong)(int.MaxValue - 1) << 1), 1];
        byte[] definitions = [.. VarInt((ulong)int.MaxValue << 1), 1];
        byte[] indices = [0];
        byte[] body = [(byte)repetitions.Length, 0, 0, 0, .. repetitions, (byte)definitions.Length, 0, 0, 0, .. definitions, .. indices];
        var dictionary = new HandMadePage(
            new PageHeader { Type = PageType.DictionaryPage, CompressedSize = 4, UncompressedSize = 4, DictionaryPage = new DictionaryPageHeader { ValueCount = 1, Encoding = ParquetEncoding.Plain } },
            [1, 0, 0, 0]);
        byte[] file = new HandMadeFile(1).Column([repeated], [dictionary, HandMadePage.Data(int.MaxValue, ParquetEncoding.RleDictionary, body)]).ToArray();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(file));
        Assert.Equal("MR2210", error.Code.Id);
    }

    [Fact]
    public async Task A_large_text_in_a_dictionary_cannot_fill_the_memory()
    {
        using var leaks = new LeakCheck();
        SchemaElement text = new() { Name = "t", Type = PhysicalType.ByteArray, Repetition = Repetition.Required };
        const int size = 1 << 20;
        byte[] value = [.. BitConverter.GetBytes(size), .. new byte[size]];
        var dictionary = new HandMadePage(
            new PageHeader { Type = PageType.DictionaryPage, CompressedSize = value.Length, UncompressedSize = value.Length, DictionaryPage = new DictionaryPageHeader { ValueCount = 1, Encoding = ParquetEncoding.Plain } },
            value);
        const int rows = 1_000_000;
        byte[] file = new HandMadeFile(rows).Column([text], [dictionary, HandMadePage.Data(rows, ParquetEncoding.RleDictionary, [0])]).ToArray();
        MillraceException error = await Assert.ThrowsAsync<MillraceException>(() => ParquetFile.ReadAsync(file));
        Assert.Equal("MR2210", error.Code.Id);
    }

    private static void Spoil(FileMetadata footer, string fault)
    {
        ColumnChunk chunk = footer.RowGroups[0].Columns[0];
        switch (fault)
        {
            case "encrypted": chunk.CryptoMetadata = new ColumnCryptoMetadata { UsesFooterKey = true }; break;
            case "lzo": chunk.Metadata!.Codec = CompressionCodec.Lzo; break;
            case "unknown codec": chunk.Metadata!.Codec = (CompressionCodec)99; break;
            case "another file": chunk.FilePath = "other.parquet"; break;
            case "another type": chunk.Metadata!.Type = PhysicalType.Int64; break;
            case "chunk beyond the end": chunk.Metadata!.DataPageOffset = 1 << 20; break;
            case "negative chunk": chunk.Metadata!.CompressedSize = -1; break;
            case "negative rows": footer.RowGroups[0].RowCount = -1; break;
            case "too many rows": footer.RowGroups[0].RowCount = 4; break;
            case "no chunks": footer.RowGroups[0].Columns.Clear(); break;
            case "wide values": (footer.Schema[1].Type, footer.Schema[1].TypeLength) = (PhysicalType.FixedLenByteArray, int.MaxValue); break;
            case "children that are not there": footer.Schema[0].ChildCount = int.MaxValue; break;
            case "elements in no group": footer.Schema.Add(footer.Schema[1]); break;
            case "deep groups":
                footer.Schema.RemoveAt(1);
                footer.Schema.AddRange(Enumerable.Repeat(new SchemaElement { Name = "g", ChildCount = 1, Repetition = Repetition.Optional }, 10_000));
                break;
            default: throw new ArgumentException(fault);
        }
    }

    private static byte[] WithFooter(byte[] file, Action<FileMetadata> change)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(file.Length - 8));
        int start = file.Length - 8 - length;
        FileMetadata footer = ThriftReader.ReadStruct<FileMetadata>(file.AsSpan(start, length), out _);
        change(footer);
        var writer = new ThriftWriter();
        writer.Root(footer);
        return [.. file[..start], .. writer.Written.Span, .. BitConverter.GetBytes(writer.Written.Length), .. "PAR1"u8];
    }

    private static byte[] VarInt(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
