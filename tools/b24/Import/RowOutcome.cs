namespace Bitrix24.CommandLine;

/// <summary>What came of a row of an import.</summary>
internal enum RowOutcome : byte
{
    /// <summary>Nothing is known of the row; it was not sent.</summary>
    None,

    /// <summary>The row is about to be sent. A report that ends with this was interrupted.</summary>
    Sending,

    /// <summary>The call list was made.</summary>
    Created,

    /// <summary>The call list was not made.</summary>
    NotCreated,

    /// <summary>The call list may have been made.</summary>
    Unknown,
}
