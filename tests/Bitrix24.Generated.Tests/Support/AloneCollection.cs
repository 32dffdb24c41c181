namespace Bitrix24.Tests;

/// <summary>Tests of what belongs to the whole process. They run when no others do.</summary>
[CollectionDefinition(nameof(AloneCollection), DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Naming", "CA1711:Identifiers should not have incorrect suffix", Justification = "A collection of tests.")]
public sealed class AloneCollection;
