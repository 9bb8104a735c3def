namespace Millrace.Connectors.Iceberg;

/// <summary>
/// The records of manifests and manifest lists with the field ids of the specification ("Manifests", "Manifest Lists"). Files are read
/// by these ids and not by names.
/// </summary>
internal static class ManifestTypes
{
    public const int Status = 0;
    public const int SnapshotId = 1;
    public const int DataFile = 2;
    public const int SequenceNumber = 3;
    public const int FileSequenceNumber = 4;
    public const int FilePath = 100;
    public const int FileFormat = 101;
    public const int Partition = 102;
    public const int RecordCount = 103;
    public const int FileSize = 104;
    public const int BlockSize = 105;
    public const int ColumnSizes = 108;
    public const int ValueCounts = 109;
    public const int NullCounts = 110;
    public const int LowerBounds = 125;
    public const int UpperBounds = 128;
    public const int KeyMetadata = 131;
    public const int SplitOffsets = 132;
    public const int Content = 134;
    public const int EqualityIds = 135;
    public const int NanCounts = 137;
    public const int SortOrderId = 140;
    public const int FirstRowId = 142;
    public const int ReferencedFile = 143;
    public const int ContentOffset = 144;
    public const int ContentSize = 145;

    public const int ManifestPath = 500;
    public const int ManifestLength = 501;
    public const int SpecId = 502;
    public const int AddedSnapshotId = 503;
    public const int AddedFiles = 504;
    public const int ExistingFiles = 505;
    public const int DeletedFiles = 506;
    public const int Partitions = 507;
    public const int HasNull = 509;
    public const int Lower = 510;
    public const int Upper = 511;
    public const int AddedRows = 512;
    public const int ExistingRows = 513;
    public const int DeletedRows = 514;
    public const int ManifestSequenceNumber = 515;
    public const int MinSequenceNumber = 516;
    public const int ManifestContent = 517;
    public const int HasNan = 518;
    public const int ManifestKeyMetadata = 519;
    public const int ManifestFirstRowId = 520;

    private const int PartitionSummary = 508;

    /// <summary>An entry of a manifest, by version of the format and the partition of its files.</summary>
    public static IcebergStruct Entry(int formatVersion, IcebergStruct partition)
    {
        var file = new IcebergField(DataFile, "data_file", true, new IcebergStruct(File(formatVersion, partition)));
        return formatVersion == 1
            ? new([Required(Status, "status", IcebergType.Int), Required(SnapshotId, "snapshot_id", IcebergType.Long), file])
            : new(
            [
                Required(Status, "status", IcebergType.Int),
                Optional(SnapshotId, "snapshot_id", IcebergType.Long),
                Optional(SequenceNumber, "sequence_number", IcebergType.Long),
                Optional(FileSequenceNumber, "file_sequence_number", IcebergType.Long),
                file,
            ]);
    }

    /// <summary>The partition of a spec. Names become such that Avro takes them.</summary>
    public static IcebergStruct PartitionOf(PartitionSpec spec, IReadOnlyList<IcebergPrimitive> types)
        => new([.. spec.Fields.Select((f, i) => Optional(f.FieldId, AvroName(f.Name), types[i]))]);

    /// <summary>An entry of a manifest list.</summary>
    public static IcebergStruct Manifest(int formatVersion) => formatVersion == 1
        ? new(
        [
            Required(ManifestPath, "manifest_path", IcebergType.String),
            Required(ManifestLength, "manifest_length", IcebergType.Long),
            Required(SpecId, "partition_spec_id", IcebergType.Int),
            Required(AddedSnapshotId, "added_snapshot_id", IcebergType.Long),
            Optional(AddedFiles, "added_files_count", IcebergType.Int),
            Optional(ExistingFiles, "existing_files_count", IcebergType.Int),
            Optional(DeletedFiles, "deleted_files_count", IcebergType.Int),
            Summaries,
            Optional(AddedRows, "added_rows_count", IcebergType.Long),
            Optional(ExistingRows, "existing_rows_count", IcebergType.Long),
            Optional(DeletedRows, "deleted_rows_count", IcebergType.Long),
            Optional(ManifestKeyMetadata, "key_metadata", IcebergType.Binary),
        ])
        : new(
        [
            Required(ManifestPath, "manifest_path", IcebergType.String),
            Required(ManifestLength, "manifest_length", IcebergType.Long),
            Required(SpecId, "partition_spec_id", IcebergType.Int),
            Required(ManifestContent, "content", IcebergType.Int),
            Required(ManifestSequenceNumber, "sequence_number", IcebergType.Long),
            Required(MinSequenceNumber, "min_sequence_number", IcebergType.Long),
            Required(AddedSnapshotId, "added_snapshot_id", IcebergType.Long),
            Required(AddedFiles, "added_files_count", IcebergType.Int),
            Required(ExistingFiles, "existing_files_count", IcebergType.Int),
            Required(DeletedFiles, "deleted_files_count", IcebergType.Int),
            Required(AddedRows, "added_rows_count", IcebergType.Long),
            Required(ExistingRows, "existing_rows_count", IcebergType.Long),
            Required(DeletedRows, "deleted_rows_count", IcebergType.Long),
            Summaries,
            Optional(ManifestKeyMetadata, "key_metadata", IcebergType.Binary),
            .. formatVersion > 2 ? [Optional(ManifestFirstRowId, "first_row_id", IcebergType.Long)] : Array.Empty<IcebergField>(),
        ]);

    private static IcebergField Summaries => Optional(Partitions, "partitions", new IcebergList(new IcebergField(PartitionSummary, "element", true, new IcebergStruct(
    [
        Required(HasNull, "contains_null", IcebergType.Boolean),
        Optional(HasNan, "contains_nan", IcebergType.Boolean),
        Optional(Lower, "lower_bound", IcebergType.Binary),
        Optional(Upper, "upper_bound", IcebergType.Binary),
    ]))));

    private static List<IcebergField> File(int formatVersion, IcebergStruct partition)
    {
        var fields = new List<IcebergField>();
        if (formatVersion > 1)
        {
            fields.Add(Required(Content, "content", IcebergType.Int));
        }

        fields.AddRange(
        [
            Required(FilePath, "file_path", IcebergType.String),
            Required(FileFormat, "file_format", IcebergType.String),
            Required(Partition, "partition", partition),
            Required(RecordCount, "record_count", IcebergType.Long),
            Required(FileSize, "file_size_in_bytes", IcebergType.Long),
        ]);
        if (formatVersion == 1)
        {
            fields.Add(Required(BlockSize, "block_size_in_bytes", IcebergType.Long));
        }

        fields.AddRange(
        [
            Map(ColumnSizes, "column_sizes", 117, IcebergType.Long),
            Map(ValueCounts, "value_counts", 119, IcebergType.Long),
            Map(NullCounts, "null_value_counts", 121, IcebergType.Long),
            Map(NanCounts, "nan_value_counts", 138, IcebergType.Long),
            Map(LowerBounds, "lower_bounds", 126, IcebergType.Binary),
            Map(UpperBounds, "upper_bounds", 129, IcebergType.Binary),
            Optional(KeyMetadata, "key_metadata", IcebergType.Binary),
            Optional(SplitOffsets, "split_offsets", new IcebergList(Required(133, "element", IcebergType.Long))),
        ]);
        if (formatVersion > 1)
        {
            fields.Add(Optional(EqualityIds, "equality_ids", new IcebergList(Required(136, "element", IcebergType.Int))));
        }

        fields.Add(Optional(SortOrderId, "sort_order_id", IcebergType.Int));
        if (formatVersion > 1)
        {
            fields.Add(Optional(ReferencedFile, "referenced_data_file", IcebergType.String));
        }

        if (formatVersion > 2)
        {
            fields.Add(Optional(FirstRowId, "first_row_id", IcebergType.Long));
            fields.Add(Optional(ContentOffset, "content_offset", IcebergType.Long));
            fields.Add(Optional(ContentSize, "content_size_in_bytes", IcebergType.Long));
        }

        return fields;
    }

    private static IcebergField Required(int id, string name, IcebergType type) => new(id, name, true, type);

    private static IcebergField Optional(int id, string name, IcebergType type) => new(id, name, false, type);

    // Key and value have ids that follow each other.
    private static IcebergField Map(int id, string name, int key, IcebergType value)
        => Optional(id, name, new IcebergMap(Required(key, "key", IcebergType.Int), Required(key + 1, "value", value)));

    private static string AvroName(string name)
    {
        var text = new System.Text.StringBuilder();
        foreach (char c in name)
        {
            if (char.IsAsciiLetter(c) || c == '_' || (char.IsAsciiDigit(c) && text.Length > 0))
            {
                text.Append(c);
            }
            else
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $"_x{(int)c:X}");
            }
        }

        return text.Length == 0 ? "_" : text.ToString();
    }
}
