using System.Text.Json.Nodes;
using Millrace.Columnar;

namespace Millrace.Formats.Parquet;

/// <summary>Gives columns the types that the request asks for. Rows with a value that does not fit, or is not what its type promises, are reported and dropped.</summary>
internal sealed class RequestedTypes(FileReadRequest request, string file)
{
    /// <summary>Makes a batch; null if no row is left.</summary>
    /// <param name="columns">Taken over, also when this throws.</param>
    /// <param name="rows">Rows of the columns.</param>
    /// <param name="firstRow">Number of the first row in the file.</param>
    public RecordBatch? ToBatch(Column[] columns, int rows, long firstRow)
    {
        SortedDictionary<int, RowError>? bad = null;
        var read = new Column?[columns.Length];
        try
        {
            for (int i = 0; i < columns.Length; i++)
            {
                Field field = request.Columns[i];
                foreach ((int row, ErrorCode code, string message) in ValueChecks.Find(columns[i]) ?? [])
                {
                    (bad ??= []).TryAdd(row, Describe(code, message, row, field, firstRow));
                }

                bool isEncoded = request.KeepsDictionaries && columns[i] is DictionaryColumn encoded && encoded.Type.DictionaryValue.Equals(field.Type);
                if (!isEncoded && !columns[i].Type.Equals(field.Type))
                {
                    CastResult cast = Cast.To(columns[i], field.Type);
                    read[i] = columns[i];
                    columns[i] = cast.Column;
                    foreach (CastFailure failure in cast.Failures)
                    {
                        (bad ??= []).TryAdd(failure.Row, Describe(FormatErrors.ValueDoesNotFit, failure.Message, failure.Row, field, firstRow));
                    }
                }
            }

            if (bad is not null)
            {
                Report(bad, [.. columns.Select((c, i) => read[i] ?? c)]);
            }
        }
        catch (Exception e)
        {
            foreach (Column column in columns)
            {
                column.Dispose();
            }

            if (e is MillraceException { Place: null } error)
            {
                throw error.At(ErrorPlace.InFile(file));
            }

            throw;
        }
        finally
        {
            foreach (Column? column in read)
            {
                column?.Dispose();
            }
        }

        var batch = new RecordBatch(request.Columns, rows, columns);
        return bad is null ? batch : WithoutRows(batch, bad);
    }

    // Rows of a file of columns have no bytes of their own; they are kept as they were read.
    private void Report(SortedDictionary<int, RowError> bad, Column[] read)
    {
        var schema = new Schema(request.Columns.Fields.Select((f, i) => f.WithType(read[i].Type)));
        var context = new JsonObject
        {
            ["columns"] = new JsonArray([.. schema.Fields.Select(f => (JsonNode)new JsonObject { ["name"] = f.Name, ["type"] = f.Type.ToString() })]),
        };
        foreach ((int row, RowError error) in bad)
        {
            byte[] json = JsonRow.Of(schema, read, row);
            request.RowErrors.OnRowError(error with { Raw = json, RawLength = json.Length, Form = RawForm.Json, Context = context });
        }
    }

    private static RecordBatch? WithoutRows(RecordBatch batch, SortedDictionary<int, RowError> bad)
    {
        using (batch)
        {
            int[] good = [.. Enumerable.Range(0, batch.Length).Where(r => !bad.ContainsKey(r))];
            return good.Length > 0 ? Take.Rows(batch, good) : null;
        }
    }

    private RowError Describe(ErrorCode code, string message, int row, Field field, long firstRow) => new(
        code,
        message,
        new ErrorPlace { File = file, Row = firstRow + row, Field = field.Name },
        ReadOnlyMemory<byte>.Empty);
}
