using System.Text.Json.Nodes;
using Millrace.Columnar;
using Millrace.Formats.Avro;
using Millrace.TestKit;

namespace Millrace.Formats.Tests.Avro;

/// <summary>Reads and writes whole files in memory.</summary>
internal static class AvroFiles
{
    private static readonly AvroFormat Format = new();

    public static async Task<FileInspection> InspectAsync(byte[] file, AvroOptions? options = null)
        => await Format.InspectAsync(new MemoryByteSource(file, "file.avro"), options ?? new(), CancellationToken.None);

    /// <summary>Every row of a range, of all columns or of some. The caller disposes the batches.</summary>
    public static async Task<List<RecordBatch>> ReadAsync(
        byte[] file,
        AvroOptions? options = null,
        string[]? columns = null,
        FileRange? range = null,
        IRowErrorHandler? errors = null,
        int batchRows = RecordBatch.DefaultRows)
    {
        var source = new MemoryByteSource(file, "file.avro");
        FileInspection inspection = await Format.InspectAsync(source, options ?? new(), CancellationToken.None);
        Schema wanted = columns is null ? inspection.Schema : inspection.Schema.Select([.. columns.Select(inspection.Schema.Require)]);
        await using IBatchReader reader = Format.OpenReader(source, inspection, new FileReadRequest
        {
            Columns = wanted,
            Range = range ?? FileRange.Whole(file.Length),
            RowErrors = errors ?? FailOnRowError.Instance,
            BatchRows = batchRows,
        });
        var batches = new List<RecordBatch>();
        try
        {
            while (await reader.ReadAsync(CancellationToken.None) is { } batch)
            {
                batches.Add(batch);
            }

            return batches;
        }
        catch
        {
            batches.ForEach(b => b.Dispose());
            throw;
        }
    }

    /// <summary>Every row as JSON.</summary>
    public static async Task<List<string>> RowsAsync(byte[] file, AvroOptions? options = null, string[]? columns = null, IRowErrorHandler? errors = null, int batchRows = RecordBatch.DefaultRows)
    {
        var rows = new List<string>();
        foreach (RecordBatch batch in await ReadAsync(file, options, columns, errors: errors, batchRows: batchRows))
        {
            using (batch)
            {
                rows.AddRange(ColumnText.Rows(batch));
            }
        }

        return rows;
    }

    /// <summary>A file of some batches of one schema.</summary>
    public static async Task<byte[]> WriteAsync(Schema schema, IEnumerable<RecordBatch> batches, AvroOptions? options = null)
    {
        using var stream = new MemoryStream();
        await using IBatchWriter writer = Format.OpenWriter(new StreamByteTarget(stream), schema, options ?? new());
        foreach (RecordBatch batch in batches)
        {
            await writer.WriteAsync(batch, CancellationToken.None);
        }

        await writer.FinishAsync(CancellationToken.None);
        return stream.ToArray();
    }

    /// <summary>What another implementation reads: a JSON object per row.</summary>
    public static JsonNode ToOracle(byte[] file)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(folder["ours.avro"], file);
        return NodeOracle.Ask("avro-read", new JsonObject { ["file"] = folder["ours.avro"] });
    }

    /// <summary>A file that another implementation wrote; rows in Avro's JSON encoding.</summary>
    public static byte[] FromOracle(string schema, IEnumerable<string> rows, string codec = "null")
    {
        using var folder = new TempFolder();
        string path = folder["oracle.avro"];
        NodeOracle.Ask("avro-write", new JsonObject
        {
            ["file"] = path,
            ["schema"] = JsonNode.Parse(schema),
            ["rows"] = new JsonArray([.. rows.Select(r => JsonNode.Parse(r))]),
            ["codec"] = codec,
        });

        // It leaves logical types and aliases out of the schema that it writes down.
        AvroContainer file = AvroContainer.Parse(File.ReadAllBytes(path));
        file.Metadata.RemoveAll(m => m.Key == "avro.schema");
        file.Metadata.Add(("avro.schema", System.Text.Encoding.UTF8.GetBytes(schema)));
        return file.ToFile();
    }
}
