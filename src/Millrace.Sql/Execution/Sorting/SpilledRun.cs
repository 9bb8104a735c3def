using Millrace.Columnar;

namespace Millrace.Sql.Execution;

/// <summary>A run on disk.</summary>
internal sealed class SpilledRun : SortedRun
{
    /// <summary>Rows of a block: of each run one block is in memory while runs are merged.</summary>
    public const int BlockRows = 2048;

    private readonly SpillFile _file;
    private readonly SpillReader _reader;

    private SpilledRun(SpillFile file, long number)
        : base(number)
    {
        _file = file;
        _reader = file.Read();
    }

    /// <summary>Writes a run.</summary>
    /// <param name="context">Where to.</param>
    /// <param name="schema">Of the batches.</param>
    /// <param name="number">Its place.</param>
    /// <param name="sorted">Batches in order, which are disposed.</param>
    public static SpilledRun Write(QueryContext context, Schema schema, long number, IEnumerable<RecordBatch> sorted)
    {
        var file = new SpillFile(context.SpillFolder, schema, context.Memory.CountSpilled);
        try
        {
            foreach (RecordBatch batch in sorted)
            {
                using (batch)
                {
                    file.Write(batch);
                }
            }

            return new SpilledRun(file, number);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override RecordBatch? Next() => _reader.Next();

    public override void Dispose() => _file.Dispose();
}
