using Millrace.Columnar;
using Millrace.Sql.Streaming;
using Millrace.TestKit;

namespace Millrace.Sql.Tests.Streaming;

[Trait("speed", "slow")]
public sealed class KeyedRowsTests
{
    private static readonly Schema Rows = new([new Field("k", DataType.Int64), new Field("text", DataType.Utf8), new Field("ts", DataType.Timestamp(TimeUnit.Millisecond))]);

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public Task Rows_are_found_by_key_in_the_order_in_which_they_came_whatever_is_taken_back_dropped_and_saved(int seed, bool retracts)
        => LeakCheck.RunAsync(() =>
        {
            var random = new Random(seed);
            var model = new List<Row>();
            var saved = new List<RecordBatch>();
            var options = new KeyedRowsOptions { Retracts = retracts, HasTags = retracts, TimeColumn = 2 };
            var kept = new Kept(options);
            for (int step = 0; step < 300; step++)
            {
                switch (random.Next(8))
                {
                    case 0 when retracts && model.Count > 0:
                        Row[] gone = [.. Enumerable.Range(0, random.Next(20)).Select(_ => model[random.Next(model.Count)]).Distinct()];
                        kept.Add(gone, -1);
                        model.RemoveAll(gone.Contains);
                        break;
                    case 1:
                        long limit = (step * 10) - 900;
                        kept.DropBefore(limit * 1000);
                        model.RemoveAll(r => r.Time < limit);
                        break;
                    case 2:
                        kept.Save(saved, full: random.Next(3) == 0);
                        break;
                    case 3 when random.Next(4) == 0:
                        kept.Save(saved, full: false);
                        kept.Dispose();
                        kept = new Kept(options);
                        kept.Load(saved);
                        break;
                    case 4:
                        kept.Keys.Tidy();
                        break;
                    default:
                        Row[] fresh = [.. Enumerable.Range(0, random.Next(200)).Select(i => new Row(random.Next(10) == 0 ? 7 : random.Next(step * 3), $"{step}-{i}", (step * 10) + random.Next(100)))];
                        kept.Add(fresh, 1);
                        model.AddRange(fresh);
                        break;
                }

                Assert.Equal(model.Count, kept.Rows.Count);
                if (step % 10 == 0)
                {
                    foreach (IGrouping<long, Row> key in model.GroupBy(r => r.Key!.Value))
                    {
                        Assert.Equal(key.Select(r => r.Text), kept.Of(key.Key));
                    }
                }
            }

            kept.DropBefore(StreamTime.End);
            kept.Save(saved, full: false);
            kept.Keys.Tidy();
            Assert.Equal(0, kept.Rows.Count);
            Assert.True(kept.Keys.Count < 1024 && kept.Rows.ByteSize < 300_000, $"{kept.Keys.Count} keys, {kept.Rows.ByteSize} bytes");
            kept.Dispose();
            saved.ForEach(b => b.Dispose());
            return Task.CompletedTask;
        });

    [Fact]
    public void Equal_rows_are_one_that_counts_as_often_and_nulls_are_equal()
    {
        using var kept = new Kept(new KeyedRowsOptions { Retracts = true });
        kept.Add([new Row(1, null, 5), new Row(1, null, 5), new Row(1, "", 5)], 1);
        Assert.Equal(2, kept.Rows.Count);
        kept.Add([new Row(1, null, 5)], -1);
        Assert.Equal([null, ""], kept.Of(1));
        kept.Add([new Row(1, null, 5)], -1);
        Assert.Equal([""], kept.Of(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public Task Rows_that_come_again_are_the_last_ones_before_and_after_a_restart(int seed)
        => LeakCheck.RunAsync(() =>
        {
            var random = new Random(seed);
            Row[] all = [.. Enumerable.Range(0, 1500).Select(i => new Row(i % 3, $"{i}", 0))];
            var alive = new List<Row>();
            var saved = new List<RecordBatch>();
            var options = new KeyedRowsOptions { Retracts = true, InOrder = true };
            using var kept = new Kept(options);
            for (int step = 0; step < 120; step++)
            {
                Row[] some = [.. Enumerable.Range(0, random.Next(step == 0 ? 1500 : 60)).Select(_ => all[random.Next(all.Length)]).Distinct()];

                // Some are there and go, some go and come at once, the others come.
                Row[] gone = [.. some.Where(alive.Contains)];
                Row[] back = [.. gone.Where((_, i) => i % 3 == 0)];
                Row[] fresh = [.. some.Except(gone), .. back];
                kept.Add([.. gone.Select(r => (r, -1L)), .. fresh.Select(r => (r, 1L))]);
                alive.RemoveAll(gone.Contains);
                alive.AddRange(fresh);
                if (random.Next(4) == 0)
                {
                    kept.Save(saved, full: random.Next(3) == 0);
                    kept.Keys.Tidy();
                    using var restored = new Kept(options);
                    restored.Load(saved);
                    Assert.Equal(alive.Select(r => r.Text), restored.InOrder());
                }

                if (random.Next(20) == 0)
                {
                    kept.Add([.. alive.Skip(20).Select(r => (r, -1L))]);
                    alive.RemoveRange(Math.Min(20, alive.Count), Math.Max(0, alive.Count - 20));
                }

                Assert.Equal(alive.Select(r => r.Text), kept.InOrder());
            }

            saved.ForEach(b => b.Dispose());
            return Task.CompletedTask;
        });

    [Fact]
    public void A_row_without_a_key_is_left_out()
    {
        using var kept = new Kept(new KeyedRowsOptions());
        kept.Add([new Row(null, "a", 5), new Row(2, "b", 5)], 1);
        Assert.Equal(1, kept.Rows.Count);
        Assert.Equal(["b"], kept.Of(2));
    }

    private sealed record Row(long? Key, string? Text, long Time)
    {
        public static RecordBatch Batch(IReadOnlyList<Row> rows)
        {
            using var keys = new FixedBuilder<long>(DataType.Int64);
            using var texts = new BinaryBuilder(DataType.Utf8);
            using var times = new FixedBuilder<long>(KeyedRowsTests.Rows[2].Type);
            foreach (Row row in rows)
            {
                if (row.Key is { } key)
                {
                    keys.Append(key);
                }
                else
                {
                    keys.AppendNull();
                }

                if (row.Text is { } text)
                {
                    texts.Append(System.Text.Encoding.UTF8.GetBytes(text));
                }
                else
                {
                    texts.AppendNull();
                }

                times.Append(row.Time);
            }

            return new RecordBatch(KeyedRowsTests.Rows, rows.Count, [keys.Build(), texts.Build(), times.Build()]);
        }
    }

    private sealed class Kept : IDisposable
    {
        public Kept(KeyedRowsOptions options) => Rows = new KeyedRows(KeyedRowsTests.Rows, Keys, options);

        public KeyTable Keys { get; } = new([DataType.Int64], [false]);

        public KeyedRows Rows { get; }

        public void Add(Row[] rows, long weight)
        {
            if (rows.Length > 0)
            {
                using RecordBatch batch = Row.Batch(rows);
                ReadOnlySpan<int> numbers = Rows.Add(batch, Find(batch), Enumerable.Repeat(weight, rows.Length).ToArray(), 0);
                for (int i = 0; i < numbers.Length; i++)
                {
                    if (Rows.Tags.Length > 0)
                    {
                        Rows.SetTag(numbers[i], rows[i].Time);
                    }
                }
            }
        }

        public void Add((Row Row, long Weight)[] rows)
        {
            if (rows.Length > 0)
            {
                using RecordBatch batch = Row.Batch([.. rows.Select(r => r.Row)]);
                Rows.Add(batch, Find(batch), rows.Select(r => r.Weight).ToArray(), 0);
            }
        }

        /// <summary>Rows in the order of their numbers.</summary>
        public List<string?> InOrder()
        {
            int[] numbers = [.. Rows.Weights.ToArray().Select((w, i) => (w, i)).Where(r => r.w != 0).Select(r => r.i)];
            using RecordBatch taken = Rows.Take(numbers);
            var texts = (BinaryColumn)taken[1];
            return [.. numbers.Select((_, i) => texts.IsNull(i) ? null : System.Text.Encoding.UTF8.GetString(texts[i]))];
        }

        public void DropBefore(long time)
        {
            var found = new List<int>();
            Rows.Times!.FindBefore(time, Rows.Weights, found);
            Rows.Remove([.. found]);
        }

        public List<string?> Of(long key)
        {
            using RecordBatch batch = Row.Batch([new Row(key, "", 0)]);
            var found = new List<int>();
            for (int row = Rows.First(Find(batch)[0]); row != KeyedRows.None; row = Rows.Next(row))
            {
                found.Add(row);
            }

            using RecordBatch taken = Rows.Take([.. found]);
            var texts = (BinaryColumn)taken[1];
            return [.. found.Select((row, i) => texts.IsNull(i) ? null : System.Text.Encoding.UTF8.GetString(texts[i]))];
        }

        public void Save(List<RecordBatch> saved, bool full)
        {
            if (full)
            {
                saved.ForEach(b => b.Dispose());
                saved.Clear();
            }

            Rows.Export(new Writer(saved), "rows", full);
        }

        public void Load(List<RecordBatch> saved)
        {
            foreach (RecordBatch batch in saved)
            {
                Rows.Import(batch, Find(batch), 0);
            }
        }

        public void Dispose()
        {
            Rows.Dispose();
            Keys.Dispose();
        }

        private int[] Find(RecordBatch batch)
        {
            var numbers = new int[batch.Length];
            Keys.Find([batch[0]], batch.Length, numbers);
            return numbers;
        }

        private sealed class Writer(List<RecordBatch> saved) : IStateWriter
        {
            public void Write(string table, StateChange change, RecordBatch rows)
            {
                Assert.Equal(KeyedRows.TableOf(table, KeyedRowsTests.Rows, [0], rows.Schema.Count == 5).Schema, rows.Schema);
                saved.Add(rows.Share());
            }
        }
    }
}
