using Millrace.Connectors.Datagen;

namespace Millrace.Connectors.Tests.Datagen;

/// <summary>Reads generated tables as users write them.</summary>
internal static class Generated
{
    /// <summary>Options out of lines such as <c>fields.id.kind=sequence</c>.</summary>
    public static DatagenOptions Options(params string[] options)
    {
        var map = new OptionMap(new ErrorPlace { File = "test" });
        foreach (string option in options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            map.SetPath(option[..equals], option[(equals + 1)..] is "''" ? new OptionScalar("", map.Place, Quoted: true) : new OptionScalar(option[(equals + 1)..], map.Place));
        }

        var faults = new OptionFaults();
        var bound = OptionBinder.Bind<DatagenOptions>(map, faults);
        faults.ThrowIfAny();
        return bound;
    }

    public static ISource Open(DatagenOptions options, TimeProvider? time = null)
        => new DatagenConnector().OpenSource(options, new ConnectorContext { Job = "test", Time = time ?? TimeProvider.System });

    /// <summary>All rows as JSON.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(DatagenOptions options, ReadRequest? request = null)
    {
        await using ISource source = Open(options);
        await using IReadPlan plan = await source.PlanAsync(request ?? new ReadRequest(), default);
        return await PlanReading.ReadAllAsync(plan);
    }

    /// <summary>The values of one column as JSON.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="field">Options of its field, such as <c>kind=sequence</c>.</param>
    public static async Task<IReadOnlyList<string>> ValuesAsync(string type, int rows, params string[] field)
    {
        DatagenOptions options = Options([$"rows={rows}", $"columns.x={type}", .. field.Select(f => f.StartsWith('!') ? f[1..] : $"fields.x.{f}")]);
        await using ISource source = Open(options);
        await using IReadPlan plan = await source.PlanAsync(new ReadRequest { Columns = [new RequestedColumn("x")] }, default);
        var values = new List<string>();
        foreach (Split split in await PlanReading.SplitsAsync(plan))
        {
            await using ISplitReader reader = await plan.OpenAsync(split, null, FailOnRowError.Instance, default);
            while (await reader.ReadAsync(default) is { } read)
            {
                using RecordBatch batch = read.Batch;
                values.AddRange(ColumnText.Values(batch[0]));
            }
        }

        return values;
    }

    public static async Task<double[]> NumbersAsync(string type, int rows, params string[] field)
        => [.. (await ValuesAsync(type, rows, field)).Select(v => double.Parse(v, System.Globalization.CultureInfo.InvariantCulture))];

    public static async Task<MillraceException> FaultAsync(string type, params string[] field)
        => await Assert.ThrowsAsync<MillraceException>(() => ValuesAsync(type, 10, field));
}
