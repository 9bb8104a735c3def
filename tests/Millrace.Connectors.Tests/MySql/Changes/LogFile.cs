using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Millrace.Connectors.Common;
using Millrace.Connectors.MySql;
using Millrace.Formats.Compression;

namespace Millrace.Connectors.Tests.MySql.Changes;

/// <summary>Events of a file that MariaDB 10.11 has written, and what a decoder makes of them.</summary>
internal static class LogFile
{
    private const int LengthAt = 9;
    private const int EndAt = 13;

    // In the description of a file, behind the version of the log and that of the server.
    private const int StartedAt = LogEvent.HeaderLength + 2 + 50;

    public static TableName Table { get; } = new("shop", "t");

    /// <summary>The events as a server sends them.</summary>
    public static List<byte[]> Read([CallerFilePath] string path = "")
    {
        byte[] file = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, "Data", "mariadb-10.11.binlog"));
        var events = new List<byte[]>();
        for (int at = 4; at < file.Length;)
        {
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + LengthAt));
            events.Add(file[at..(at + length)]);
            at += length;
        }

        return events;
    }

    /// <summary>An event with its length and its checksum set right.</summary>
    public static byte[] Sealed(byte[] data)
    {
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(LengthAt), data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(data.Length - 4), Crc32.Compute(data.AsSpan(0, data.Length - 4)));
        return data;
    }

    /// <summary>An event of our own making.</summary>
    /// <param name="type">What it is.</param>
    /// <param name="end">Place behind it.</param>
    /// <param name="content">What stands behind the header.</param>
    public static byte[] Event(LogEventType type, uint end, ReadOnlySpan<byte> content)
    {
        byte[] data = new byte[LogEvent.HeaderLength + content.Length + 4];
        BinaryPrimitives.WriteUInt32LittleEndian(data, 1_700_000_000);
        data[4] = (byte)type;
        BinaryPrimitives.WriteUInt32LittleEndian(data.AsSpan(EndAt), end);
        content.CopyTo(data.AsSpan(LogEvent.HeaderLength));
        return Sealed(data);
    }

    /// <summary>A statement of the log.</summary>
    public static byte[] Query(uint end, string database, string text)
        => Event(LogEventType.Query, end, [0, 0, 0, 0, 0, 0, 0, 0, (byte)database.Length, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(database), 0, .. Encoding.UTF8.GetBytes(text)]);

    /// <summary>An event with another place behind it; 0 for none in the file, as the server sends those that it makes for the reader.</summary>
    public static byte[] Moved(byte[] data, uint end)
    {
        byte[] copy = [.. data];
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(EndAt), end);
        return Sealed(copy);
    }

    /// <summary>The next file, as the server names it between the events of both.</summary>
    public static byte[] Rotation(string file) => Event(LogEventType.Rotate, 0, [4, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(file)]);

    /// <summary>What a file begins with.</summary>
    /// <param name="data">What another file begins with.</param>
    /// <param name="isStarted">Whether it is the first since the server was started.</param>
    public static byte[] Description(byte[] data, bool isStarted)
    {
        byte[] copy = [.. data];
        BinaryPrimitives.WriteUInt32LittleEndian(copy.AsSpan(StartedAt), isStarted ? 1_700_000_000u : 0);
        return Sealed(copy);
    }

    /// <summary>Whether it is an event of a type.</summary>
    public static bool Is(byte[] data, LogEventType type) => data[4] == (byte)type;

    public static LogDecoder Decoder(LogPosition? from = null, Action<string>? note = null, bool hasGtids = false, bool isFoundByServer = false, bool ignoresCase = false, HalfTransactions? half = null)
        => new(Table, ignoresCase, from ?? new LogPosition("binlog.000002", 4), new OpenChanges(), note ?? (static _ => { }), isFoundByServer, hasGtids, half ?? new HalfTransactions());

    /// <summary>What a reader of the table gets of the events, and its notes.</summary>
    public static (List<string> Rows, List<string> Notes) Decode(IEnumerable<byte[]> events, LogPosition? from = null, int batchRows = 100, bool hasGtids = false, bool isFoundByServer = false, bool ignoresCase = false, HalfTransactions? half = null, Action<LogPosition>? end = null)
    {
        var rows = new List<string>();
        var notes = new List<string>();
        using LogDecoder decoder = Decoder(from, notes.Add, hasGtids, isFoundByServer, ignoresCase, half);
        var table = new LogTable(Info, new LoggedTypes(Options, Sets), new TypeMapper(Options), ignoresCase);
        LogLayout layout = LogLayout.Of(table, wanted: null);
        var found = new ChangeRows(0, batchRows, LogErrors.Broken);
        int[] slots = [];
        try
        {
            foreach (byte[] data in events)
            {
                bool isOther = decoder.Take(data, found, slots);
                if (isOther)
                {
                    Flush();
                    found.Dispose();
                    layout = LogLayout.Of(table, decoder.Shape!, null);
                    slots = layout.Rows.Slots;
                    found = new ChangeRows(layout.Rows.Names.Count, batchRows, LogErrors.Broken);
                }

                while (decoder.HasRows)
                {
                    FlushIfFull();
                    decoder.TakeRow(found, slots);
                }

                FlushIfFull();
            }

            Flush();
            end?.Invoke(decoder.Position);
        }
        finally
        {
            found.Dispose();
        }

        return (rows, notes);

        void FlushIfFull()
        {
            if (found.IsFull)
            {
                Flush();
            }
        }

        void Flush()
        {
            if (found.Count == 0)
            {
                return;
            }

            using var batch = new ChangeBatch(layout.Rows, layout.MakeDecoders(found.Capacity, new NoDates(areErrors: false)), found.Capacity, MySqlErrors.ValueDoesNotFit, new NoErrors());
            using RecordBatch? made = batch.Make(found, new ErrorPlace(), 0);
            found.Clear();
            rows.AddRange(made is null ? [] : ColumnText.Rows(made));
        }
    }

    /// <summary>What happened, and the values that are not null.</summary>
    public static string Brief(string row)
    {
        JsonObject json = JsonNode.Parse(row)!.AsObject();
        string op = (string)json["_op"]!;
        string unchanged = json["_unchanged"] is JsonArray { Count: > 0 } names ? $" without {names.Count}" : "";
        foreach (string extra in ChangeColumns.All)
        {
            json.Remove(extra);
        }

        return $"{op}{unchanged} {string.Join(" ", json.Where(p => p.Value is not null).Select(p => $"{p.Key}={p.Value}"))}".TrimEnd();
    }

    private static MySqlSourceOptions Options { get; } = new();

    private static CharacterSets Sets { get; } = new(new Dictionary<int, string> { [8] = "latin1", [45] = "utf8mb4" });

    private static TableInfo Info { get; } = new() { Name = Table, IsView = false, Engine = "InnoDB" };

    private sealed class NoErrors : IRowErrorHandler
    {
        public void OnRowError(RowError error)
        {
        }
    }
}
