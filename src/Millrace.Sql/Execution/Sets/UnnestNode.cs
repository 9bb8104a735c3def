using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>Each row once for each element of its arrays, which are read side by side; nulls fill the shorter ones.</summary>
public sealed class UnnestNode : StreamNode
{
    /// <param name="schema">The input's first columns, the elements, the ordinality if there is one.</param>
    /// <param name="input">The rows.</param>
    /// <param name="width">How many of the input's columns come out.</param>
    /// <param name="arrays">Numbers of the arrays.</param>
    /// <param name="ordinality">Whether the number of the element comes out, from 1.</param>
    /// <param name="keepsEmpty">Whether a row without elements stays, with nulls.</param>
    public UnnestNode(Schema schema, PhysicalNode input, int width, IReadOnlyList<int> arrays, bool ordinality, bool keepsEmpty)
        : base(schema, input)
    {
        Width = width;
        Arrays = arrays;
        Ordinality = ordinality;
        KeepsEmpty = keepsEmpty;
    }

    public int Width { get; }

    public IReadOnlyList<int> Arrays { get; }

    public bool Ordinality { get; }

    public bool KeepsEmpty { get; }

    public override string Name => "Unnest";

    public override string Details => string.Join(", ", Schema.Fields.Skip(Width).Select(f => f.Name));

    public override LaneOperator Open(QueryRun run, IDisposable? shared, LaneOperator output) => new Lane(this, output);

    private sealed class Lane(UnnestNode node, LaneOperator output) : LaneOperator
    {
        private readonly List<int> _rows = [];
        private readonly List<int> _numbers = [];

        public override bool IsSatisfied => output.IsSatisfied;

        public override void Push(Chunk chunk)
        {
            ListColumn[] arrays = [.. node.Arrays.Select(a => (ListColumn)chunk.Rows[a])];
            for (int row = 0; row < chunk.Rows.Length; row++)
            {
                int length = 0;
                foreach (ListColumn array in arrays)
                {
                    length = Math.Max(length, Length(array, row));
                }

                if (length == 0 && node.KeepsEmpty)
                {
                    Add(row, -1);
                }

                for (int i = 0; i < length; i++)
                {
                    Add(row, i);
                    if (_rows.Count >= RecordBatch.DefaultRows && !Flush(chunk, arrays))
                    {
                        return;
                    }
                }
            }

            Flush(chunk, arrays);
        }

        public override void Finish() => output.Finish();

        private static int Length(ListColumn array, int row) => array.IsNull(row) ? 0 : array.Offsets[row + 1] - array.Offsets[row];

        private void Add(int row, int number)
        {
            _rows.Add(row);
            _numbers.Add(number);
        }

        private bool Flush(Chunk chunk, ListColumn[] arrays)
        {
            if (_rows.Count == 0)
            {
                return !output.IsSatisfied;
            }

            var columns = new Column[node.Schema.Count];
            int at = 0;
            ReadOnlySpan<int> rows = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows);
            for (; at < node.Width; at++)
            {
                columns[at] = Take.Rows(chunk.Rows[at], rows);
            }

            foreach (ListColumn array in arrays)
            {
                columns[at] = Elements(array, node.Schema[at].Type);
                at++;
            }

            if (node.Ordinality)
            {
                columns[at] = Numbers();
            }

            using var batch = new RecordBatch(node.Schema, rows.Length, columns);
            _rows.Clear();
            _numbers.Clear();
            output.Push(new Chunk(batch, chunk.Part));
            return !output.IsSatisfied;
        }

        private Column Elements(ListColumn array, DataType type)
        {
            var items = new int[_rows.Count];
            for (int i = 0; i < items.Length; i++)
            {
                int number = _numbers[i];
                items[i] = number >= 0 && number < Length(array, _rows[i]) ? array.Offsets[_rows[i]] + number : RowPicker.None;
            }

            using ColumnBuilder builder = ColumnBuilder.Create(type, items.Length);
            RowPicker.Append(builder, new Vector(array.Items), items);
            return builder.Build();
        }

        private Column Numbers()
        {
            using var builder = new FixedBuilder<long>(DataType.Int64, _numbers.Count);
            foreach (int number in _numbers)
            {
                if (number < 0)
                {
                    builder.AppendNull();
                }
                else
                {
                    builder.Append(number + 1);
                }
            }

            return builder.Build();
        }
    }
}
