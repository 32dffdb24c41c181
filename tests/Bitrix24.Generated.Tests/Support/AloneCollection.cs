namespace Bitrix24.Tests;

/// <summary>Contains tests of process-wide state. They do not run in parallel with other tests.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage(
    "Naming",
    "CA1711:Identifiers should not have incorrect suffix",
    Justification = "A collection of tests."
)]
public sealed class AloneCollection;
