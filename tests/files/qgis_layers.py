"""Runs in the Python that has QGIS: opens layers, and prints what QGIS knows of each.

Reads lines of JSON `[provider, uri]` from standard input, and writes a line of JSON for each.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from osgeo import gdal
from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsVectorLayer,
)

messages: list[str] = []


def vector(layer: Any) -> dict[str, Any]:
    features = list(layer.getFeatures())
    return {
        "count": layer.featureCount(),
        "valid_shapes": sum(each.geometry().isGeosValid() for each in features),
        "fields": {each.name(): each.typeName().lower() for each in layer.fields()},
        "times": [
            value.toUTC().toString("yyyy-MM-ddTHH:mm:ssZ")
            for each in features
            for value in each.attributes()
            if hasattr(value, "toUTC")
        ],
    }


def raster(layer: Any, extent: Any) -> dict[str, Any]:
    provider = layer.dataProvider()
    block = provider.block(1, extent, 64, 64)
    return {
        "bands": [layer.bandName(number + 1) for number in range(layer.bandCount())],
        "about": layer.htmlMetadata(),
        "colors": len({block.value(row, column) for row in range(64) for column in range(64)}),
    }


def look(provider: str, uri: str, around: list[float] | None) -> dict[str, Any]:
    is_raster = provider in ("gdal", "wms")
    layer = (QgsRasterLayer if is_raster else QgsVectorLayer)(uri, "layer", provider)
    told: dict[str, Any] = {"valid": layer.isValid()}
    if layer.isValid():
        extent = layer.extent()
        degrees = QgsCoordinateTransform(
            layer.crs(), QgsCoordinateReferenceSystem("EPSG:4326"), QgsProject.instance()
        )
        if around is not None:
            extent = QgsRectangle(*around)
        try:
            box = degrees.transformBoundingBox(extent)
        except QgsCsException:
            box = extent
        told["crs"] = layer.crs().authid()
        told["degrees"] = [box.xMinimum(), box.yMinimum(), box.xMaximum(), box.yMaximum()]
        told["extent"] = [
            extent.xMinimum(),
            extent.yMinimum(),
            extent.xMaximum(),
            extent.yMaximum(),
        ]
        told |= raster(layer, extent) if is_raster else vector(layer)
    told["messages"] = messages[:]
    messages.clear()
    return told


application = QgsApplication([], False)
application.initQgis()
QgsApplication.messageLog().messageReceived.connect(lambda *parts: messages.append(str(parts)))
gdal.PushErrorHandler(lambda kind, number, text: messages.append(text))
for line in sys.stdin:
    print(json.dumps(look(*json.loads(line))), flush=True)
application.exitQgis()
