#pragma once

#include <string>
#include <string_view>

/// \file
/// EXIF is a TIFF structure, and a TIFF file has it among its own tags: what these functions carry from one to the
/// other is description, camera, date, copyright, resolution, orientation, and the EXIF and GPS directories. Values
/// stay as they are, byte for byte but for their order.
namespace dae {

/// A TIFF file's description of its picture, as EXIF; empty where it says nothing, and of a BigTIFF file. Damaged
/// entries are left out.
std::string exif_of_tiff(std::string_view file);

/// The TIFF file with what the EXIF says; a BigTIFF file, and one that would grow beyond 4 GiB, stays as it is.
std::string with_exif(std::string file, std::string_view exif);

}  // namespace dae
