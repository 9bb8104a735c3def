using System.Globalization;
using System.Text;
using Millrace.Columnar;
using Millrace.Sdk;

namespace Millrace.Runtime.Tests.DeadLetters;

/// <summary>A <see cref="ReplayConnector"/> whose bad rows can be decoded later on, but for some.</summary>
internal sealed class FixableConnector(ReplayInput input, Func<long, bool> isStillBad) : Connector
{
    public override string Summary => "Rows that a test makes.";

    public override Type SourceOptions => typeof(NoOptions);

    public override ConnectorCapabilities Capabilities { get; } = new() { ReadModes = [ReadMode.Incremental] };

    public override ISource OpenSource(object options, ConnectorContext context) => new FixableSource(new ReplaySource(input), isStillBad);

    private sealed class FixableSource(ReplaySource inner, Func<long, bool> isStillBad) : ISource, IReplaySource
    {
        public ValueTask<CheckReport> CheckAsync(CancellationToken cancellation) => inner.CheckAsync(cancellation);

        public IAsyncEnumerable<StreamDescription> DiscoverAsync(CancellationToken cancellation) => inner.DiscoverAsync(cancellation);

        public ValueTask<IReadPlan> PlanAsync(ReadRequest request, CancellationToken cancellation) => inner.PlanAsync(request, cancellation);

        public ValueTask<IReplayPlan> PlanReplayAsync(ReadRequest request, IReadOnlyCollection<ReplayOrigin> origins, CancellationToken cancellation)
            => new(new Plan(isStillBad));

        public ValueTask ChangedAsync(CancellationToken cancellation) => inner.ChangedAsync(cancellation);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }

    private sealed class Plan(Func<long, bool> isStillBad) : IReplayPlan
    {
        public Schema Schema { get; } = new(new Field("id", DataType.Int64), new Field("name", DataType.Utf8));

        public ValueTask<ISplitReader> OpenAsync(ReadOnlyMemory<byte> raw, ReplayOrigin origin, IRowErrorHandler errors, CancellationToken cancellation)
            => new(new Reader(Schema, raw, errors, isStillBad));

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    // Reads "bad 17" as the row 17.
    private sealed class Reader(Schema schema, ReadOnlyMemory<byte> raw, IRowErrorHandler errors, Func<long, bool> isStillBad) : ISplitReader
    {
        private bool _read;

        public ValueTask<SplitBatch?> ReadAsync(CancellationToken cancellation)
        {
            if (_read)
            {
                return default;
            }

            _read = true;
            long id = long.Parse(Encoding.UTF8.GetString(raw.Span)["bad ".Length..], CultureInfo.InvariantCulture);
            if (isStillBad(id))
            {
                errors.OnRowError(new RowError(RuntimeErrors.RequiredValueMissing, $"Row {id} is still bad.", new ErrorPlace(), raw));
                return default;
            }

            using var ids = new FixedBuilder<long>(DataType.Int64, 1);
            using var names = new BinaryBuilder(DataType.Utf8, 1);
            ids.Append(id);
            names.Append($"row {id}");
            return new(new SplitBatch(new RecordBatch(schema, 1, ids.Build(), names.Build()), new Position([])));
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
