using System.CommandLine;

namespace Millrace.Cli;

/// <summary><c>millrace iceberg …</c>: looks after Iceberg tables.</summary>
internal static class IcebergCommands
{
    public static Command Create() => new("iceberg", "Look after an Iceberg table: what it holds, its branches and tags, and files that are too many or of no use")
    {
        DescribeTableCommand.Create(),
        SnapshotsCommand.Create(),
        RollbackCommand.Create(),
        ReferenceCommands.Create("branch", isBranch: true),
        ReferenceCommands.Create("tag", isBranch: false),
        CompactCommand.Create(),
        ExpireCommand.Create(),
        OrphansCommand.Create(),
        ManifestsCommand.Create(),
    };
}
