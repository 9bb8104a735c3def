using System.Globalization;
using System.Threading.Channels;
using Millrace.Columnar;
using Millrace.Formats;

namespace Millrace.Bench.Peers;

/// <summary>Reads some columns of a file in parallel and returns the number of rows and the sum of each column, as DuckDB prints them.</summary>
internal static class Scan
{
    private const long RangeBytes = 16 << 20;

    public static async Task<string> RunAsync(string path, string columns, int threads)
    {
        Schema wanted = new(ScanWorkloads.SplitColumns(columns).Select(c => c.Split(':', 2)).Select(p => new Field(p[0], DataType.Parse(p[1]))));
        FileFormat format = FormatRegistry.BuiltIn.FindByPath(path) ?? throw new ArgumentException($"No format reads {path}.");
        await using var source = new FileByteSource(path);
        var options = (FormatOptions)Activator.CreateInstance(format.OptionsType)!;
        FileInspection inspection = await format.InspectAsync(source, options, default);
        var ranges = Channel.CreateBounded<FileRange>(threads * 2);
        var totals = new Totals(wanted.Count);

        async Task Plan()
        {
            await foreach (FileRange range in format.PlanAsync(source, inspection, RangeBytes, default))
            {
                await ranges.Writer.WriteAsync(range);
            }

            ranges.Writer.Complete();
        }

        async Task Read()
        {
            var sums = new Totals(wanted.Count);
            await foreach (FileRange range in ranges.Reader.ReadAllAsync())
            {
                await using IBatchReader reader = format.OpenReader(source, inspection, new FileReadRequest { Columns = wanted, Declared = wanted.Fields.Select(f => f.Name).ToHashSet(), Range = range });
                while (await reader.ReadAsync(default) is { } batch)
                {
                    using (batch)
                    {
                        sums.Add(batch);
                    }
                }
            }

            lock (totals)
            {
                totals.Add(sums);
            }
        }

        await Task.WhenAll([Task.Run(Plan), .. Enumerable.Range(0, threads).Select(_ => Task.Run(Read))]);
        return totals.Print(wanted);
    }

    private sealed class Totals(int columns)
    {
        private readonly Int128[] _sums = new Int128[columns];
        private long _rows;

        public void Add(RecordBatch batch)
        {
            _rows += batch.Length;
            for (int i = 0; i < _sums.Length; i++)
            {
                _sums[i] += Sum(batch[i]);
            }
        }

        public void Add(Totals other)
        {
            _rows += other._rows;
            for (int i = 0; i < _sums.Length; i++)
            {
                _sums[i] += other._sums[i];
            }
        }

        public string Print(Schema schema)
            => $"[[\"{_rows}\",{string.Join(',', _sums.Select((s, i) => $"\"{Text(s, schema[i].Type)}\""))}]]";

        private static string Text(Int128 sum, DataType type)
        {
            string digits = sum.ToString(CultureInfo.InvariantCulture);
            return type.Scale == 0 ? digits : digits[..^type.Scale] + "." + digits[^type.Scale..];
        }

        // The data has no nulls.
        private static Int128 Sum(Column column)
        {
            switch (column)
            {
                case FixedColumn<long> longs:
                    long sum = 0;
                    foreach (long value in longs.Values)
                    {
                        sum += value;
                    }

                    return sum;
                case FixedColumn<Int128> decimals:
                    Int128 total = 0;
                    foreach (Int128 value in decimals.Values)
                    {
                        total += value;
                    }

                    return total;
                case BinaryColumn text:
                    return text.DataLength;
                case DictionaryColumn { Dictionary: BinaryColumn words } coded:
                    long bytes = 0;
                    foreach (int index in coded.Indices)
                    {
                        bytes += words.Offsets[index + 1] - words.Offsets[index];
                    }

                    return bytes;
                default:
                    throw new ArgumentException($"No sum of {column.Type}.");
            }
        }
    }
}
