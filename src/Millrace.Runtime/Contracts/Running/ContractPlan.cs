using Millrace.Sdk;

namespace Millrace.Runtime.Contracts;

/// <summary>The contract of a pipeline: what its rows are held against, and what happens to those that do not keep it.</summary>
/// <param name="Asset">The contract.</param>
/// <param name="Mode">What happens.</param>
/// <param name="Foreign">The datasets that rules refer to, by column.</param>
/// <param name="BaseDirectory">Folder against which their paths are resolved.</param>
public sealed record ContractPlan(AssetSpec Asset, ContractMode Mode, IReadOnlyDictionary<string, Endpoint> Foreign, string BaseDirectory)
{
    /// <summary>Its rules about all rows of an epoch together.</summary>
    internal QualityRules Quality => field ??= QualityRules.Of(Asset);

    /// <summary>Compiles the contract of a job; null if it has none.</summary>
    public static ContractPlan? Of(AssetSpec? asset, ContractMode? mode, ConnectorRegistry connectors, string baseDirectory)
    {
        if (asset is null)
        {
            return mode is null ? null : throw ContractErrors.NoContract.Error($"The job has schema_validation_mode: {OptionInfo.SnakeCase(mode.Value.ToString())}, and no contract.");
        }

        var foreign = new Dictionary<string, Endpoint>(StringComparer.Ordinal);
        foreach (AssetColumn column in asset.Schema)
        {
            if (column.Foreign is { } reference)
            {
                foreign[column.Name] = Endpoint.OfLocation(reference.Location, ConnectorRole.Source, connectors);
            }
        }

        return new ContractPlan(asset, mode ?? ContractMode.Strict, foreign, baseDirectory);
    }
}
