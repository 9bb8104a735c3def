using Millrace.Runtime.Contracts;
using Millrace.Runtime.Sql;
using Millrace.Sdk;

namespace Millrace.Runtime;

/// <summary>A job as read from a file, with what its paths are relative to.</summary>
/// <param name="Path">The file; null for a job that was put together on the command line.</param>
/// <param name="BaseDirectory">Folder against which relative paths are resolved.</param>
/// <param name="Spec">The job.</param>
/// <param name="Asset">Its contract, if any.</param>
public sealed record JobFile(string? Path, string BaseDirectory, JobSpec Spec, AssetSpec? Asset)
{
    /// <summary>Hash of the file's content; null for a job that has none or whose file is gone.</summary>
    public string? Version { get; } = HashOf(Path);

    /// <summary>Reads and checks one job file. Connector options are bound too, so every fault of the file shows at once.</summary>
    public static JobFile Load(string path, ConnectorRegistry connectors, VariableExpander? variables = null)
    {
        OptionMap root = YamlFile.Read(path, variables ?? VariableExpander.FromEnvironment);
        return Bind(root, path, connectors, variables);
    }

    /// <summary>Binds a job that was parsed already.</summary>
    public static JobFile Bind(OptionMap root, string path, ConnectorRegistry connectors, VariableExpander? variables = null)
    {
        variables ??= VariableExpander.FromEnvironment;
        string baseDirectory = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? ".";
        var faults = new OptionFaults();
        JobSpec spec = OptionBinder.Bind<JobSpec>(root, faults);
        AssetSpec? asset = ReadAsset(spec.Asset, baseDirectory, variables, faults);
        CheckName("name", spec.Name, root, faults);
        CheckName("tenant", spec.Tenant, root, faults);
        CheckColumns(spec, root, faults);
        CheckRetries(spec, root, faults);
        Try(faults, () => ContractPlan.Of(asset, spec.SchemaValidationMode, connectors, baseDirectory));
        Try(faults, () => TransformQuery.Of(spec.Transform, spec.Functions, baseDirectory));
        var job = new JobFile(path, baseDirectory, spec, asset);
        if (spec.Source is not null)
        {
            Try(faults, () => Endpoint.OfSource(job, connectors, variables, faults));
        }

        if (spec.Target is not null)
        {
            Try(faults, () => Endpoint.OfTarget(job, connectors, variables, faults));
        }

        if (spec is { Source.Mode: not ReadMode.Full, Target.Write: WriteMode.Overwrite })
        {
            faults.Add(
                RuntimeErrors.OverwriteOfNews,
                "The job reads what is new and overwrites its target: each run would replace all rows by the new ones.",
                (root["target"] as OptionMap)?["write"]?.Place ?? root.Place);
        }

        RequireTime("failure.dead_letters.max_age", spec.Failure?.DeadLetters?.MaxAge, root, faults);
        RequireTime("batch.window", spec.Batch?.Window, root, faults);
        RequireTime("batch.target_latency", spec.Batch?.TargetLatency, root, faults);
        RequireTime("batch.max_wait", spec.Batch?.MaxWait, root, faults);
        if (spec.Source is { Follow: true, Mode: ReadMode.Full })
        {
            faults.Add(RuntimeErrors.FollowNeedsNews, "The job follows its source but reads everything each time.", (root["source"] as OptionMap)?["follow"]?.Place ?? root.Place);
        }

        faults.ThrowIfAny();
        return job;
    }

    /// <summary>The job files that a path means: itself, or all of a folder in the order of their names.</summary>
    public static IReadOnlyList<string> Find(string path)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        string[] files = [.. Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || f.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
            .Order(StringComparer.Ordinal)];
        return files.Length > 0 ? files : throw ConfigurationErrors.NoJobs.Error("The folder holds no .yaml or .yml file.", ErrorPlace.InFile(path));
    }

    private static string? HashOf(string? path)
    {
        try
        {
            return path is null ? null : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)).AsSpan(0, 6));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // A time of nothing would remove letters at once, or commit without end.
    private static void RequireTime(string option, TimeSpan? value, OptionMap root, OptionFaults faults)
    {
        if (value <= TimeSpan.Zero)
        {
            OptionNode? node = option.Split('.').Aggregate((OptionNode?)root, (n, part) => (n as OptionMap)?[part]);
            faults.Add(SdkErrors.InvalidOption, $"The option '{option}' takes a time above 0s.", node?.Place ?? root.Place);
        }
    }

    private static void Try(OptionFaults faults, Action bind)
    {
        try
        {
            bind();
        }
        catch (MillraceException e)
        {
            faults.Add(e);
        }
    }

    private static AssetSpec? ReadAsset(OptionNode? node, string baseDirectory, VariableExpander variables, OptionFaults faults)
    {
        switch (node)
        {
            case null:
                return null;
            case OptionMap inline:
                return AssetFile.Bind(inline, null, faults);
            case OptionScalar path:
                try
                {
                    return AssetFile.Read(System.IO.Path.Combine(baseDirectory, path.Text), variables, faults);
                }
                catch (MillraceException e)
                {
                    faults.Add(e);
                    return null;
                }

            default:
                faults.Add(SdkErrors.InvalidOption, "The option 'asset' takes the path of a file or the contract itself, not a list.", node.Place, "See docs/reference/asset.md.");
                return null;
        }
    }

    // Progress and letters are kept under it, and it stands in messages and logs.
    private static void CheckName(string option, string? value, OptionMap root, OptionFaults faults)
    {
        string? fault = value is null ? null
            : string.IsNullOrWhiteSpace(value) ? "is empty"
            : value.Any(char.IsControl) ? "holds a control character"
            : null;
        if (fault is not null)
        {
            faults.Add(SdkErrors.InvalidOption, $"The option '{option}' {fault}.", root[option]?.Place ?? root.Place, "Give it a name of visible characters.");
        }
    }

    private static void CheckRetries(JobSpec spec, OptionMap root, OptionFaults faults)
    {
        foreach (string code in spec.Failure.Retry?.Codes ?? [])
        {
            if (!ErrorCode.IsId(code))
            {
                faults.Add(
                    SdkErrors.InvalidOption,
                    $"'{code}' is not the code of an error.",
                    (root["failure"] as OptionMap)?["retry"]?.Place ?? root.Place,
                    "Codes look like MR3003; see docs/reference/errors.md.");
            }
        }
    }

    private static void CheckColumns(JobSpec spec, OptionMap root, OptionFaults faults)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ColumnSpec column in spec.Columns ?? [])
        {
            if (column.Name is not null && !names.Add(column.Name))
            {
                faults.Add(ConfigurationErrors.DuplicateColumn, $"Two columns are named '{column.Name}'.", root["columns"]?.Place ?? root.Place);
            }
        }
    }
}
